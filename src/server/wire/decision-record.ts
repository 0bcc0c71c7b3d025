import { z } from 'zod'
import type { RecordedDecision } from '../../contracts/index.ts'
import { StrataError } from '../../errors/index.ts'
import { decisionSchema } from './decision.ts'
import { formatSchema, limitSchema } from './page.ts'
import { nameSchema } from './route-request.ts'

export const recordedDecisionSchema = decisionSchema
  .omit({ metadata: true, intents: true, explanation: true })
  .extend({
    at: z.iso.datetime().describe('When it was decided.'),
    routeSet: z.string(),
    version: z.int().describe('Version of the route set that decided.'),
    text: z.string().nullable().describe('The redacted text; null where texts are not kept.'),
    textHash: z
      .string()
      .nullable()
      .describe('Equal for equal redacted texts, and of no meaning outside this installation.'),
  })
  .meta({ id: 'RecordedDecision' })

export const recordedDecisionsSchema = z.object({
  decisions: z.array(recordedDecisionSchema).describe('The newest first.'),
  cursor: z.string().optional().describe('Send it as `cursor` for the next page; absent on the last.'),
})

const time = z.string().refine((text) => /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text)), {
  error: 'expected a time such as 2026-11-24T09:00:00Z',
})

export const decisionsQuerySchema = z.strictObject({
  routeSet: nameSchema.optional().describe('Decisions of this set.'),
  route: z.string().max(128).optional().describe('Decisions for this route; empty for *no match*.'),
  reason: decisionSchema.shape.reason.optional().describe('Decisions for this reason.'),
  since: time.optional().describe('From this time on, such as `2026-11-24T09:00:00Z`.'),
  until: time.optional().describe('Before this time.'),
  limit: limitSchema.optional(),
  cursor: z.string().max(64).optional().describe('Where the page before ended.'),
  format: formatSchema.optional(),
})

/** A recorded decision as it is answered. */
export function recordedDecisionBody({ at, ...record }: RecordedDecision) {
  return { ...record, at: new Date(at).toISOString() }
}

/** Both halves of a cursor: a number, and what tells apart what has the same number. */
export function readCursor(cursor: string): readonly [number: number, rest: string] {
  const [, number, rest] = /^(\d{1,15})\.([A-Za-z0-9_]{1,48})$/.exec(cursor) ?? []
  if (number !== undefined && rest !== undefined) return [Number(number), rest]
  throw new StrataError(
    'invalid_request',
    'The cursor is none that was answered before; leave it out to begin anew.',
    {
      details: [{ path: 'cursor', message: 'expected the cursor of an answer', got: cursor }],
    },
  )
}
