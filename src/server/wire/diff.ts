import { z } from 'zod'

/** Each row is decided twice. */
const MOST_ROWS = 10_000
export const RECORDED_ROWS = 1000

const version = z.int().min(1).optional()

export const diffRequestSchema = z
  .strictObject({
    from: version.describe('The version before; the one that decides now if absent.'),
    to: z.int().min(1).describe('The version after, such as a candidate.'),
    data: z
      .array(
        z.strictObject({
          text: z.string(),
          route: z
            .string()
            .min(1)
            .max(128)
            .nullable()
            .optional()
            .describe('The right route, null for none, where it is known; comes back as `expected`.'),
        }),
      )
      .min(1)
      .max(MOST_ROWS)
      .optional()
      .describe('Texts to decide; the latest recorded decisions of the set if absent.'),
    recorded: z
      .int()
      .min(1)
      .max(MOST_ROWS)
      .optional()
      .describe(`Recorded decisions to take, without \`data\`; ${RECORDED_ROWS} if absent.`),
  })
  .meta({ id: 'DiffRequest' })

const decided = z.object({ route: z.string().nullable(), confidence: z.number() })

export const diffAnswerSchema = z
  .object({
    changed: z.int().describe('Texts that get another route.'),
    of: z.int().describe('Texts that were decided.'),
    changes: z
      .array(
        z.object({
          text: z.string(),
          before: decided,
          after: decided,
          expected: z.string().nullable().optional(),
        }),
      )
      .describe('In the order of the texts; recorded ones newest first.'),
  })
  .meta({ id: 'Diff' })
