import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type {
  Feedback,
  FeedbackPage,
  FeedbackPosition,
  FeedbackStore,
  FitOutcome,
} from '../../contracts/index.ts'
import { sha256 } from '../../util/sha256.ts'
import type { RecordDatabase } from './decision-record-schema.ts'
import { withoutTexts } from './fit-input-rows.ts'
import type { StorageAttempt } from './storage-attempt.ts'

const encoder = new TextEncoder()

/** Feedback in a SQL database whose tables are up to date (see `migrations`). */
export class SqlFeedbackStore implements FeedbackStore {
  readonly #database: Kysely<RecordDatabase>
  readonly #attempt: StorageAttempt

  constructor(database: Kysely<RecordDatabase>, attempt: StorageAttempt) {
    this.#database = database
    this.#attempt = attempt
  }

  put(feedback: Feedback, rowsKept: number): Promise<{ readonly id: string; readonly replaced: boolean }> {
    const { routeSet, decisionId, ...rest } = feedback
    return this.#inTransaction('keep feedback', async (transaction) => {
      const { id } = await transaction
        .insertInto('feedback')
        .values({
          ...rest,
          route_set: routeSet,
          decision_id: decisionId,
          text_hash: sha256(encoder.encode(feedback.text)),
        })
        .onConflict((conflict) =>
          conflict
            .columns(['route_set', 'text_hash'])
            .doUpdateSet({ route: feedback.route, decision_id: decisionId, at: feedback.at }),
        )
        .returning('id')
        .executeTakeFirstOrThrow()
      const replaced = id !== feedback.id
      if (!replaced) await deleteOldest(transaction, routeSet, rowsKept)
      return { id, replaced }
    })
  }

  list(routeSet: string | undefined, limit: number, after?: FeedbackPosition): Promise<FeedbackPage> {
    return this.#attempt('list feedback', async () => {
      let query = this.#database.selectFrom('feedback').selectAll()
      if (routeSet !== undefined) query = query.where('route_set', '=', routeSet)
      if (after) query = query.where(sql<boolean>`(at, id) < (${after.at}, ${after.id})`)
      const rows = await query.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute()
      const feedback = rows.map(feedbackOf)
      const last = feedback.at(-1)
      return { feedback, next: last && rows.length === limit ? { at: last.at, id: last.id } : null }
    })
  }

  delete(id: string): Promise<boolean> {
    return this.#inTransaction('delete feedback', async (transaction) => {
      const row = await transaction
        .deleteFrom('feedback')
        .where('id', '=', id)
        .returning(['route_set', 'text'])
        .executeTakeFirst()
      if (row === undefined) return false
      await forgetQuotations(transaction, row.route_set, [row.text])
      return true
    })
  }

  deleteSet(routeSet: string, most: number): Promise<number> {
    return this.#attempt(`delete the feedback on ${routeSet}`, async () => {
      const ofSet = this.#database.selectFrom('feedback').where('route_set', '=', routeSet)
      const { numDeletedRows } = await this.#database
        .deleteFrom('feedback')
        .where('id', 'in', ofSet.select('id').limit(most))
        .executeTakeFirst()
      return Number(numDeletedRows)
    })
  }

  #inTransaction<T>(
    what: string,
    action: (transaction: Transaction<RecordDatabase>) => Promise<T>,
  ): Promise<T> {
    return this.#attempt(what, () => this.#database.transaction().execute(action))
  }
}

async function deleteOldest(
  transaction: Transaction<RecordDatabase>,
  routeSet: string,
  rowsKept: number,
): Promise<void> {
  const ofSet = transaction.selectFrom('feedback').where('route_set', '=', routeSet)
  const { rows } = await ofSet
    .select((expression) => expression.fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow()
  const excess = Number(rows) - rowsKept
  if (excess <= 0) return
  const deleted = await transaction
    .deleteFrom('feedback')
    .where('id', 'in', ofSet.select('id').orderBy('at').orderBy('id').limit(excess))
    .returning('text')
    .execute()
  await forgetQuotations(
    transaction,
    routeSet,
    deleted.map(({ text }) => text),
  )
}

/** Takes texts out of what is stored of the evaluations of a set. */
async function forgetQuotations(
  transaction: Transaction<RecordDatabase>,
  routeSet: string,
  texts: readonly string[],
): Promise<void> {
  let query = transaction
    .selectFrom('route_set_versions')
    .select(['version', 'outcome'])
    .where('name', '=', routeSet)
    .where('outcome', 'is not', null)
  // One text, as it mostly is, is looked for by the database, which need not parse for that.
  if (texts.length === 1)
    query = query.where(sql<boolean>`replace(outcome, ${JSON.stringify(texts[0])}, '') <> outcome`)
  const forgotten = new Set(texts)
  for (const { version, outcome } of await query.execute()) {
    const left = JSON.stringify(withoutTexts(JSON.parse(outcome as string) as FitOutcome, forgotten))
    if (left === outcome) continue
    await transaction
      .updateTable('route_set_versions')
      .set({ outcome: left })
      .where('name', '=', routeSet)
      .where('version', '=', version)
      .execute()
  }
}

function feedbackOf(row: Selectable<RecordDatabase['feedback']>): Feedback {
  return {
    id: row.id,
    routeSet: row.route_set,
    text: row.text,
    route: row.route,
    decisionId: row.decision_id,
    at: Number(row.at),
  }
}
