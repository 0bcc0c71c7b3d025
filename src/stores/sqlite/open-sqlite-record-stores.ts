import type { DecisionRecordStore, DriftReferenceStore, FeedbackStore } from '../../contracts/index.ts'
import type { RecordDatabase } from '../sql/decision-record-schema.ts'
import { SqlDecisionRecordStore } from '../sql/sql-decision-record-store.ts'
import { SqlDriftReferenceStore } from '../sql/sql-drift-reference-store.ts'
import { SqlFeedbackStore } from '../sql/sql-feedback-store.ts'
import { attemptOnce, type StorageAttempt } from '../sql/storage-attempt.ts'
import { openSqliteDatabase } from './open-sqlite-database.ts'

interface RecordStores {
  readonly records: DecisionRecordStore
  readonly feedback: FeedbackStore
  readonly driftReferences: DriftReferenceStore
  close(): Promise<void>
}

const BUSY_PATIENCE_MS = 5000
const BUSY_PAUSE_MS = 10

/**
 * Opens the stores of recorded decisions and feedback, on a connection of their own.
 * @param file of a database whose tables are up to date, as `openSqliteRouteStore` leaves it
 * @throws StrataError `storage_failed`
 */
export async function openSqliteRecordStores(file: string): Promise<RecordStores> {
  // Neither the disk nor another writer is waited for in the middle of the thread that decides.
  const database = await openSqliteDatabase<RecordDatabase>(file, { synchronous: 'normal', busyTimeoutMs: 0 })
  return {
    records: new SqlDecisionRecordStore(database, attemptWhenFree),
    feedback: new SqlFeedbackStore(database, attemptWhenFree),
    driftReferences: new SqlDriftReferenceStore(database, attemptWhenFree),
    close: () => database.destroy(),
  }
}

/** Tries again while somebody else writes, letting other work be done in between. */
const attemptWhenFree: StorageAttempt = (what, action) =>
  attemptOnce(what, async () => {
    const end = performance.now() + BUSY_PATIENCE_MS
    for (;;) {
      try {
        return await action()
      } catch (error) {
        if (!isBusy(error) || performance.now() > end) throw error
        await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS))
      }
    }
  })

/** SQLITE_BUSY, and what is a kind of it. */
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5
