import type { UsageQuery, UsageRow, UsageStore } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'

const MOST_ROWS = 10_000

/**
 * Sums of what was used, whole.
 * @throws StrataError `invalid_request` where they are too many lines; `storage_failed`
 */
export async function queryUsage(store: UsageStore, query: UsageQuery): Promise<readonly UsageRow[]> {
  const rows = await store.query(query, MOST_ROWS + 1)
  if (rows.length <= MOST_ROWS) return rows
  throw new StrataError(
    'invalid_request',
    `Usage by ${query.groupBy.join(', ')} from ${query.from} to ${query.to} has more than ${MOST_ROWS} lines; ask for fewer days, or group by less.`,
  )
}
