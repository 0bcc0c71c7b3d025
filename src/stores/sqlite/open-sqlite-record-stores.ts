import { type Kysely, sql } from 'kysely'
import type {
  BudgetStore,
  DecisionRecordStore,
  DriftReferenceStore,
  FeedbackStore,
  UsageStore,
} from '../../contracts/index.ts'
import type { AllTables } from '../sql/all-tables.ts'
import { SqlBudgetStore } from '../sql/sql-budget-store.ts'
import { SqlDecisionRecordStore } from '../sql/sql-decision-record-store.ts'
import { SqlDriftReferenceStore } from '../sql/sql-drift-reference-store.ts'
import { SqlFeedbackStore } from '../sql/sql-feedback-store.ts'
import { SqlUsageStore } from '../sql/sql-usage-store.ts'
import { attemptWhenFree } from './attempt-when-free.ts'
import { CheckpointElsewhere } from './checkpoint-elsewhere.ts'
import { openSqliteDatabase } from './open-sqlite-database.ts'

interface RecordStores {
  readonly database: Kysely<AllTables>
  readonly records: DecisionRecordStore
  readonly feedback: FeedbackStore
  readonly driftReferences: DriftReferenceStore
  readonly budgets: BudgetStore
  readonly usage: UsageStore
  close(): Promise<void>
}

/** Pages of the log, 64 MB, from which on this thread copies it, should the other not keep up. */
const MOST_LOG_PAGES = 16_000
/** What SQLite does unless told otherwise. */
const USUAL_LOG_PAGES = 1000

/**
 * Opens the stores of what is written beside the answers, on a connection of their own.
 * @param file of a database whose tables are up to date, as `openSqliteRouteStore` leaves it
 * @throws StrataError `storage_failed`
 */
export async function openSqliteRecordStores(file: string): Promise<RecordStores> {
  // Neither the disk nor another writer is waited for in the middle of the thread that decides.
  const database = await openSqliteDatabase<AllTables>(file, { synchronous: 'normal', busyTimeoutMs: 0 })
  const copyLogFrom = (pages: number) => sql`pragma wal_autocheckpoint = ${sql.lit(pages)}`.execute(database)
  await copyLogFrom(MOST_LOG_PAGES)
  const checkpoints = new CheckpointElsewhere(file, () => void copyLogFrom(USUAL_LOG_PAGES))
  return {
    database,
    records: new SqlDecisionRecordStore(database, attemptWhenFree, (rows) => checkpoints.wrote(rows)),
    feedback: new SqlFeedbackStore(database, attemptWhenFree),
    driftReferences: new SqlDriftReferenceStore(database, attemptWhenFree),
    budgets: new SqlBudgetStore(database, attemptWhenFree),
    usage: new SqlUsageStore(database, attemptWhenFree),
    async close() {
      await checkpoints.idle()
      await database.destroy()
    },
  }
}
