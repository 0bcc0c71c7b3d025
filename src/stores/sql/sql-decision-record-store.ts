import { type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely'
import type {
  DecisionFilter,
  DecisionRecordStore,
  RecordedDecision,
  RecordPage,
  RecordPosition,
} from '../../contracts/index.ts'
import type { DecisionRecordsTable, RecordDatabase } from './decision-record-schema.ts'
import type { StorageAttempt } from './storage-attempt.ts'

/** Rows looked at in one step, about 2 ms of SQLite's time; what does not match a filter counts too. */
const STEP_ROWS = 2000

const FIRST: RecordPosition = { at: Number.MAX_SAFE_INTEGER, sequence: 0 }

interface Step {
  readonly rows: readonly Selectable<DecisionRecordsTable>[]
  /** Where the next step begins; null when this was the last. */
  readonly next: RecordPosition | null
}

/** Recorded decisions in a SQL database whose tables are up to date (see `migrations`). */
export class SqlDecisionRecordStore implements DecisionRecordStore {
  readonly #database: Kysely<RecordDatabase>
  readonly #attempt: StorageAttempt
  readonly #onAdded: (rows: number) => void

  /** @param onAdded told how many rows have been added */
  constructor(database: Kysely<RecordDatabase>, attempt: StorageAttempt, onAdded: (rows: number) => void) {
    this.#database = database
    this.#attempt = attempt
    this.#onAdded = onAdded
  }

  async add(records: readonly RecordedDecision[]): Promise<void> {
    if (records.length === 0) return
    await this.#attempt('record decisions', () =>
      // One statement, so that no lock is held while anything else happens.
      this.#database.insertInto('decision_records').values(records.map(rowOf)).execute(),
    )
    this.#onAdded(records.length)
  }

  get(id: string): Promise<RecordedDecision | null> {
    return this.#attempt('read a recorded decision', async () => {
      const row = await this.#database
        .selectFrom('decision_records')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst()
      return row === undefined ? null : recordOf(row)
    })
  }

  async list(filter: DecisionFilter, limit: number, after: RecordPosition = FIRST): Promise<RecordPage> {
    const decisions: RecordedDecision[] = []
    let next: RecordPosition | null = after
    while (next !== null) {
      const step: Step = await this.#step(filter, limit - decisions.length, next)
      decisions.push(...step.rows.map(recordOf))
      const last = step.rows.at(-1)
      if (last !== undefined && decisions.length === limit) return { decisions, next: positionOf(last) }
      next = step.next
      if (next !== null) await others()
    }
    return { decisions, next: null }
  }

  async count(filter: DecisionFilter): Promise<number> {
    let count = 0
    let next: RecordPosition | null = FIRST
    while (next !== null) {
      const from: RecordPosition = next
      const end = await this.#endOfStep(filter, from)
      const { rows } = await this.#attempt('count recorded decisions', () =>
        this.#matching(filter, from, end)
          .select((expression) => expression.fn.countAll<number>().as('rows'))
          .executeTakeFirstOrThrow(),
      )
      count += Number(rows)
      next = end
      if (next !== null) await others()
    }
    return count
  }

  deleteBefore(at: number, most: number): Promise<number> {
    return this.#delete((rows) => rows.where('at', '<', at).orderBy('at').limit(most))
  }

  deleteBeyond(kept: number, most: number): Promise<number> {
    return this.#delete((rows) =>
      rows
        .where('sequence', '<=', sql<number>`(select max(sequence) from decision_records) - ${kept}`)
        .orderBy('sequence')
        .limit(most),
    )
  }

  salt(): Promise<string> {
    return this.#attempt('read the salt of the hashes', async () => {
      const read = () => this.#database.selectFrom('recording_salt').select('salt').executeTakeFirst()
      const known = await read()
      if (known) return known.salt
      const bytes = crypto.getRandomValues(new Uint8Array(32))
      const salt = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
      // Another process may have been quicker; then its salt is the one.
      await this.#database
        .insertInto('recording_salt')
        .values({ id: 1, salt })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute()
      return (await read())?.salt ?? salt
    })
  }

  async #step(filter: DecisionFilter, limit: number, from: RecordPosition): Promise<Step> {
    const next = await this.#endOfStep(filter, from)
    const rows = await this.#attempt('list recorded decisions', () =>
      this.#matching(filter, from, next)
        .selectAll()
        .orderBy('at', 'desc')
        .orderBy('sequence', 'desc')
        .limit(limit)
        .execute(),
    )
    return { rows, next }
  }

  /** The last position of a step that begins after `from`; null when the step reaches the end. */
  #endOfStep({ since = 0, until }: DecisionFilter, from: RecordPosition): Promise<RecordPosition | null> {
    return this.#attempt('list recorded decisions', async () => {
      let query = this.#database
        .selectFrom('decision_records')
        .select(['at', 'sequence'])
        .where(isBefore(from))
        .where('at', '>=', since)
      if (until !== undefined) query = query.where('at', '<', until)
      const row = await query
        .orderBy('at', 'desc')
        .orderBy('sequence', 'desc')
        .offset(STEP_ROWS - 1)
        .limit(1)
        .executeTakeFirst()
      return row === undefined ? null : positionOf(row)
    })
  }

  #matching(filter: DecisionFilter, from: RecordPosition, end: RecordPosition | null) {
    const { routeSet, route, reason, since, until, hasText } = filter
    return this.#database.selectFrom('decision_records').where((expression) => {
      const { and } = expression
      return and([
        isBefore(from)(expression),
        ...(end ? [sql<boolean>`(at, sequence) >= (${end.at}, ${end.sequence})`] : []),
        ...(since === undefined ? [] : [expression('at', '>=', since)]),
        ...(until === undefined ? [] : [expression('at', '<', until)]),
        ...(routeSet === undefined ? [] : [expression('route_set', '=', routeSet)]),
        ...(route === undefined ? [] : [expression('route', route === null ? 'is' : '=', route)]),
        ...(reason === undefined ? [] : [expression('reason', '=', reason)]),
        ...(hasText === undefined ? [] : [expression('text', hasText ? 'is not' : 'is', null)]),
      ])
    })
  }

  #delete(oldest: (rows: ReturnType<typeof sequences>) => ReturnType<typeof sequences>): Promise<number> {
    return this.#attempt('delete recorded decisions', async () => {
      const { numDeletedRows } = await this.#database
        .deleteFrom('decision_records')
        .where('sequence', 'in', oldest(sequences(this.#database)))
        .executeTakeFirst()
      return Number(numDeletedRows)
    })
  }
}

const sequences = (database: Kysely<RecordDatabase>) =>
  database.selectFrom('decision_records').select('sequence')

const isBefore = (position: RecordPosition) => (_: ExpressionBuilder<RecordDatabase, 'decision_records'>) =>
  sql<boolean>`(at, sequence) < (${position.at}, ${position.sequence})`

/** Lets whatever waits be done first. */
const others = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const positionOf = ({ at, sequence }: { at: number; sequence: number }): RecordPosition => ({
  at: Number(at),
  sequence,
})

function rowOf(record: RecordedDecision) {
  const { routeSet, outOfScope, latencyUs, textHash, candidates, ...rest } = record
  return {
    ...rest,
    route_set: routeSet,
    out_of_scope: outOfScope,
    latency_us: latencyUs,
    text_hash: textHash,
    candidates: JSON.stringify(candidates),
  }
}

function recordOf(row: Selectable<DecisionRecordsTable>): RecordedDecision {
  return {
    id: row.id,
    at: Number(row.at),
    routeSet: row.route_set,
    version: row.version,
    snapshot: row.snapshot,
    route: row.route,
    confidence: row.confidence,
    outOfScope: row.out_of_scope,
    threshold: row.threshold,
    reason: row.reason,
    candidates: JSON.parse(row.candidates) as RecordedDecision['candidates'],
    latencyUs: row.latency_us,
    text: row.text,
    textHash: row.text_hash,
  }
}
