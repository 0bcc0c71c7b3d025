import type { Kysely } from 'kysely'
import type { DriftReference, DriftReferenceStore } from '../../contracts/index.ts'
import type { RecordDatabase } from './decision-record-schema.ts'
import type { StorageAttempt } from './storage-attempt.ts'

const MOST_ROWS = 1000

/** Drift references in a SQL database whose tables are up to date (see `migrations`). */
export class SqlDriftReferenceStore implements DriftReferenceStore {
  readonly #database: Kysely<RecordDatabase>
  readonly #attempt: StorageAttempt

  constructor(database: Kysely<RecordDatabase>, attempt: StorageAttempt) {
    this.#database = database
    this.#attempt = attempt
  }

  get(routeSet: string, snapshot: string): Promise<DriftReference | null> {
    return this.#attempt('read a drift reference', async () => {
      const row = await this.#database
        .selectFrom('drift_references')
        .select('body')
        .where('route_set', '=', routeSet)
        .where('snapshot', '=', snapshot)
        .executeTakeFirst()
      return row === undefined ? null : (JSON.parse(row.body) as DriftReference)
    })
  }

  put(routeSet: string, snapshot: string, reference: DriftReference, at: number): Promise<void> {
    return this.#attempt('keep a drift reference', async () => {
      await this.#database
        .insertInto('drift_references')
        .values({ route_set: routeSet, snapshot, body: JSON.stringify(reference), at })
        .onConflict((conflict) => conflict.columns(['route_set', 'snapshot']).doNothing())
        .execute()
      const oldestKept = this.#database
        .selectFrom('drift_references')
        .select('at')
        .orderBy('at', 'desc')
        .offset(MOST_ROWS - 1)
        .limit(1)
      await this.#database.deleteFrom('drift_references').where('at', '<', oldestKept).execute()
    })
  }
}
