import { z } from 'zod'

/** Rows on a page where the caller does not say. */
export const PAGE_ROWS = 100
const MOST_ROWS = 1000

export const limitSchema = z.coerce
  .number()
  .int()
  .min(1)
  .max(MOST_ROWS)
  .describe(
    `Rows on a page, at most ${MOST_ROWS}; ${PAGE_ROWS} if absent. An export has all rows unless it is given.`,
  )

export const formatSchema = z
  .enum(['json', 'jsonl'])
  .describe('`jsonl`, or the header `accept: application/x-ndjson`, exports one row a line.')
