import { type Kysely, sql, type Transaction } from 'kysely'
import type {
  BudgetLine,
  BudgetRefusal,
  BudgetRequest,
  BudgetSettlement,
  BudgetSpent,
  BudgetStore,
} from '../../contracts/index.ts'
import type { AccessDatabase } from './access-schema.ts'
import { budgetKey, grantInOrder } from './grant-in-order.ts'
import type { StorageAttempt } from './storage-attempt.ts'

/** Rows in one statement; PostgreSQL takes 65,535 parameters, SQLite 32,766. */
const ROWS_A_STATEMENT = 4000

interface Addition {
  readonly subject: string
  readonly period: string
  readonly ends_at: number
  spent_micro_usd: number
}

/** What was spent of budgets, in a SQL database: a row for each subject and period, locked while requests are granted. */
export class SqlBudgetStore implements BudgetStore {
  readonly #database: Kysely<AccessDatabase>
  readonly #attempt: StorageAttempt

  constructor(database: Kysely<AccessDatabase>, attempt: StorageAttempt) {
    this.#database = database
    this.#attempt = attempt
  }

  apply(
    settlements: readonly BudgetSettlement[],
    requests: readonly BudgetRequest[],
  ): Promise<readonly (BudgetRefusal | null)[]> {
    const rows = rowsOf(settlements, requests)
    return this.#attempt('count what is spent of budgets', () =>
      this.#database.transaction().execute(async (transaction) => {
        const spent = await add(transaction, rows)
        const { refusals, added } = grantInOrder(spent, requests)
        await add(
          transaction,
          rows.flatMap((row) => {
            const more = added.get(budgetKey(row))
            return more === undefined ? [] : [{ ...row, spent_micro_usd: more }]
          }),
        )
        return refusals
      }),
    )
  }

  spent(lines: readonly Pick<BudgetLine, 'subject' | 'period'>[]): Promise<readonly BudgetSpent[]> {
    return this.#attempt('read what was spent of budgets', async () => {
      if (lines.length === 0) return []
      const rows = await this.#database
        .selectFrom('budget_spent')
        .select(['subject', 'period', 'spent_micro_usd'])
        .where('subject', 'in', [...new Set(lines.map(({ subject }) => subject))])
        .where('period', 'in', [...new Set(lines.map(({ period }) => period))])
        .execute()
      const spent = new Map(rows.map((row) => [budgetKey(row), row.spent_micro_usd]))
      return lines.map(({ subject, period }) => ({
        subject,
        period,
        spentMicroUsd: spent.get(budgetKey({ subject, period })) ?? 0,
      }))
    })
  }

  deleteEndedBefore(at: number): Promise<void> {
    return this.#attempt('delete old budget periods', async () => {
      await this.#database.deleteFrom('budget_spent').where('ends_at', '<', at).execute()
    })
  }
}

/** Each row that is touched once, with what settlements add to it; always in one order, so that no two processes wait for each other. */
function rowsOf(settlements: readonly BudgetSettlement[], requests: readonly BudgetRequest[]): Addition[] {
  const rows = new Map<string, Addition>()
  const touch = ({
    subject,
    period,
    endsAt,
  }: Pick<BudgetLine, 'subject' | 'period' | 'endsAt'>): Addition => {
    const key = budgetKey({ subject, period })
    let row = rows.get(key)
    if (row === undefined) {
      row = { subject, period, ends_at: endsAt, spent_micro_usd: 0 }
      rows.set(key, row)
    }
    return row
  }
  for (const settlement of settlements) touch(settlement).spent_micro_usd += settlement.differenceMicroUsd
  for (const { lines } of requests) for (const line of lines) touch(line)
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

/** Adds to the rows, made where they are missing, and locks them; what is spent of each from now on. */
async function add(
  transaction: Transaction<AccessDatabase>,
  rows: readonly Addition[],
): Promise<ReadonlyMap<string, number>> {
  const spent = new Map<string, number>()
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    const written = await transaction
      .insertInto('budget_spent')
      .values(rows.slice(from, from + ROWS_A_STATEMENT))
      .onConflict((conflict) =>
        conflict.columns(['subject', 'period']).doUpdateSet({
          spent_micro_usd: sql<number>`budget_spent.spent_micro_usd + excluded.spent_micro_usd`,
        }),
      )
      .returning(['subject', 'period', 'spent_micro_usd'])
      .execute()
    for (const row of written) spent.set(budgetKey(row), row.spent_micro_usd)
  }
  return spent
}
