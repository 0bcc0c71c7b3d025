import { z } from 'zod'
import type { LabelledText } from '../../contracts/index.ts'

export const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,128}$/, 'expected a name of 1 to 128 of A-Z a-z 0-9 . _ : -')

const names = z.array(z.string().min(1).max(128)).max(1000)

/** What a caller may say about each query, single or in a batch. */
const options = {
  topK: z.int().min(1).max(100).optional().describe('Candidates to return; 3 if absent.'),
  explain: z.boolean().optional().describe('Whether to say why.'),
  threshold: z.number().min(0).max(1).optional().describe("Overrides the route's and the set's threshold."),
  routeSet: nameSchema.optional().describe('The route set that decides; `default` if absent.'),
  include: names.optional().describe('Only these routes or tags.'),
  exclude: names.optional().describe('Not these routes or tags.'),
  metadata: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe('Compared with metadata rules.'),
}

export const routeRequestSchema = z
  .strictObject({
    text: z.string().optional().describe('The text to route.'),
    embedding: z
      .union([z.array(z.number()).min(1).max(16384), z.string().min(1)])
      .optional()
      .describe(
        "Instead of a text, its vector of the encoder's size: numbers, or base64 of little-endian float32.",
      ),
    context: z
      .array(z.string())
      .max(100)
      .optional()
      .describe('Previous messages, oldest first; read only when the text alone is unsure.'),
    ...options,
  })
  .refine((request) => (request.text === undefined) !== (request.embedding === undefined), {
    error: 'expected either text or embedding',
    path: ['text'],
  })
  .meta({ id: 'RouteRequest' })

export type RouteRequest = z.output<typeof routeRequestSchema>

/** In a batch. */
export const MOST_TEXTS = 1024

export const batchRequestSchema = z
  .strictObject({
    texts: z.array(z.string()).min(1).max(MOST_TEXTS).describe(`The texts to route, 1 to ${MOST_TEXTS}.`),
    ...options,
  })
  .meta({ id: 'BatchRequest' })

export type BatchRequest = z.output<typeof batchRequestSchema>

export const evalRequestSchema = z
  .strictObject({
    data: z
      .array(
        z.strictObject({
          text: z.string(),
          route: z
            .string({
              error: ({ input }) =>
                `${input === undefined ? 'required' : 'expected'}: the name of a route, or null`,
            })
            .min(1)
            .max(128)
            .nullable()
            .describe('The right route; null for out of scope.'),
        } satisfies Record<keyof LabelledText, z.ZodType>),
      )
      .min(1)
      .max(100_000)
      .describe('Labelled texts.'),
    routeSet: options.routeSet,
    version: z
      .int()
      .min(1)
      .optional()
      .describe('A version that is kept, such as a candidate; the one that decides if absent.'),
    threshold: options.threshold,
  })
  .meta({ id: 'EvalRequest' })
