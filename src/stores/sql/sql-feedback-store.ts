import { type Kysely, type Selectable, sql } from 'kysely'
import type { Feedback, FeedbackPage, FeedbackPosition, FeedbackStore } from '../../contracts/index.ts'
import { sha256 } from '../../util/sha256.ts'
import type { RecordDatabase } from './decision-record-schema.ts'
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
    return this.#attempt('keep feedback', async () => {
      const { id } = await this.#database
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
      if (!replaced) await this.#deleteOldest(routeSet, rowsKept)
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
    return this.#attempt('delete feedback', async () => {
      const { numDeletedRows } = await this.#database
        .deleteFrom('feedback')
        .where('id', '=', id)
        .executeTakeFirst()
      return numDeletedRows > 0n
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

  async #deleteOldest(routeSet: string, rowsKept: number): Promise<void> {
    const ofSet = this.#database.selectFrom('feedback').where('route_set', '=', routeSet)
    const { rows } = await ofSet
      .select((expression) => expression.fn.countAll<number>().as('rows'))
      .executeTakeFirstOrThrow()
    const excess = Number(rows) - rowsKept
    if (excess <= 0) return
    await this.#database
      .deleteFrom('feedback')
      .where('id', 'in', ofSet.select('id').orderBy('at').orderBy('id').limit(excess))
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
