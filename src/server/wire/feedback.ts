import { z } from 'zod'
import type { Feedback } from '../../contracts/index.ts'
import { formatSchema, limitSchema } from './page.ts'
import { nameSchema } from './route-request.ts'

export const feedbackRequestSchema = z
  .strictObject({
    text: z
      .string()
      .min(1)
      .optional()
      .describe('The text; may be left out where the decision was recorded with its text.'),
    route: z
      .string()
      .min(1)
      .max(128)
      .nullable()
      .describe('The route that would have been right; null for none.'),
    decisionId: nameSchema.optional().describe('The decision that this is about.'),
    routeSet: nameSchema.optional().describe('That of the decision, or `default`, if absent.'),
  })
  .meta({ id: 'FeedbackRequest' })

export const feedbackSchema = z
  .object({
    id: z.string(),
    at: z.iso.datetime().describe('When it was given.'),
    routeSet: z.string(),
    text: z.string().describe('The redacted text.'),
    route: z.string().nullable(),
    decisionId: z.string().nullable(),
  })
  .meta({ id: 'Feedback' })

export const feedbackListSchema = z.object({
  feedback: z.array(feedbackSchema).describe('The newest first.'),
  cursor: z.string().optional().describe('Send it as `cursor` for the next page; absent on the last.'),
})

export const feedbackQuerySchema = z.strictObject({
  routeSet: nameSchema.optional().describe('Feedback on this set.'),
  limit: limitSchema.optional(),
  cursor: z.string().max(64).optional().describe('Where the page before ended.'),
  format: formatSchema.optional(),
})

/** Feedback as it is answered. */
export function feedbackBody({ at, ...feedback }: Feedback) {
  return { ...feedback, at: new Date(at).toISOString() }
}
