import { type Kysely, sql } from 'kysely'
import type {
  UsageDimension,
  UsageQuery,
  UsageRow,
  UsageStore,
  UsageSums,
  UsageTotal,
} from '../../contracts/index.ts'
import type { AccessDatabase, UsageTotalsTable } from './access-schema.ts'
import type { StorageAttempt } from './storage-attempt.ts'

const ROWS_A_STATEMENT = 500

const GROUP_COLUMNS = {
  day: 'day',
  tenant: 'tenant',
  key: 'key_id',
  route: 'route',
  provider: 'provider',
  model: 'model',
} as const satisfies Record<UsageDimension, keyof UsageTotalsTable>

const SUM_COLUMNS = {
  requests: 'requests',
  inputTokens: 'input_tokens',
  cachedInputTokens: 'cached_input_tokens',
  cacheWriteTokens: 'cache_write_tokens',
  outputTokens: 'output_tokens',
  reasoningTokens: 'reasoning_tokens',
  costMicroUsd: 'cost_micro_usd',
  unpricedRequests: 'unpriced_requests',
} as const satisfies Record<keyof UsageSums, keyof UsageTotalsTable>

const SUMS = Object.entries(SUM_COLUMNS) as [keyof UsageSums, (typeof SUM_COLUMNS)[keyof UsageSums]][]

/** Sums of calls by day in a SQL database. */
export class SqlUsageStore implements UsageStore {
  readonly #database: Kysely<AccessDatabase>
  readonly #attempt: StorageAttempt

  constructor(database: Kysely<AccessDatabase>, attempt: StorageAttempt) {
    this.#database = database
    this.#attempt = attempt
  }

  add(totals: readonly UsageTotal[]): Promise<void> {
    // Always in one order, so that no two processes wait for each other.
    const rows = totals.map(rowOf).sort((a, b) => (lockOrder(a) < lockOrder(b) ? -1 : 1))
    return this.#attempt('write what was used', () =>
      this.#database.transaction().execute(async (transaction) => {
        for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
          await transaction
            .insertInto('usage_totals')
            .values(rows.slice(from, from + ROWS_A_STATEMENT))
            .onConflict((conflict) =>
              conflict
                .columns(Object.values(GROUP_COLUMNS))
                .doUpdateSet(
                  Object.fromEntries(
                    SUMS.map(([, column]) => [
                      column,
                      sql<number>`usage_totals.${sql.ref(column)} + excluded.${sql.ref(column)}`,
                    ]),
                  ),
                ),
            )
            .execute()
        }
      }),
    )
  }

  query({ from, to, groupBy, tenant }: UsageQuery, limit: number): Promise<readonly UsageRow[]> {
    return this.#attempt('read what was used', async () => {
      let query = this.#database.selectFrom('usage_totals').where('day', '>=', from).where('day', '<=', to)
      if (tenant !== undefined) query = query.where('tenant', '=', tenant)
      const columns = groupBy.map((dimension) => GROUP_COLUMNS[dimension])
      let summed = query.select(({ fn }) =>
        SUMS.map(([name, column]) => fn.coalesce(fn.sum<number>(column), sql<number>`0`).as(name)),
      )
      if (columns.length > 0) {
        summed = summed
          .select(groupBy.map((dimension) => sql.ref<string>(GROUP_COLUMNS[dimension]).as(dimension)))
          .groupBy(columns)
        for (const column of columns) summed = summed.orderBy(column)
      }
      const rows = await summed.limit(limit).execute()
      return rows.map((row): UsageRow => ({ ...row }))
    })
  }

  deleteBefore(day: string): Promise<void> {
    return this.#attempt('delete old usage', async () => {
      await this.#database.deleteFrom('usage_totals').where('day', '<', day).execute()
    })
  }
}

function rowOf(total: UsageTotal): UsageTotalsTable {
  const { day, tenant, key, route, provider, model } = total
  return {
    day,
    tenant,
    key_id: key,
    route,
    provider,
    model,
    requests: total.requests,
    input_tokens: total.inputTokens,
    cached_input_tokens: total.cachedInputTokens,
    cache_write_tokens: total.cacheWriteTokens,
    output_tokens: total.outputTokens,
    reasoning_tokens: total.reasoningTokens,
    cost_micro_usd: total.costMicroUsd,
    unpriced_requests: total.unpricedRequests,
  }
}

const lockOrder = ({ day, tenant, key_id, route, provider, model }: UsageTotalsTable): string =>
  `${day}\n${tenant}\n${key_id}\n${route}\n${provider}\n${model}`
