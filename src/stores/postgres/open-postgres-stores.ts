import { Migrator } from 'kysely/migration'
import { migrationsFor } from '../sql/migrations/index.ts'
import { SqlApiKeyStore } from '../sql/sql-api-key-store.ts'
import { SqlAuditLog } from '../sql/sql-audit-log.ts'
import { SqlBudgetStore } from '../sql/sql-budget-store.ts'
import { SqlDecisionRecordStore } from '../sql/sql-decision-record-store.ts'
import { SqlDriftReferenceStore } from '../sql/sql-drift-reference-store.ts'
import { SqlFeedbackStore } from '../sql/sql-feedback-store.ts'
import { SqlRouteStore } from '../sql/sql-route-store.ts'
import { SqlUsageStore } from '../sql/sql-usage-store.ts'
import { attemptOnce } from '../sql/storage-attempt.ts'
import type { Stores, StoresOptions } from '../stores.ts'
import { openPostgresDatabase, unusableServer } from './open-postgres-database.ts'

/** Of each process; a server of PostgreSQL has 100 unless told otherwise. */
const MANAGEMENT_CONNECTIONS = 2
const RECORD_CONNECTIONS = 4

/**
 * Opens the stores in a PostgreSQL database, in two pools of connections: one for what people change, whose transactions come
 * one after the other, and one for what is written beside the answers.
 * @param address `postgresql://…`
 * @throws StrataError `storage_failed`; `invalid_configuration` where `pg` is not installed
 */
export async function openPostgresStores(address: string, options: StoresOptions): Promise<Stores> {
  const management = await openPostgresDatabase({
    address,
    connections: MANAGEMENT_CONNECTIONS,
    oneAtATime: true,
  })
  const { error } = await new Migrator({
    db: management,
    provider: migrationsFor('postgresql'),
  }).migrateToLatest()
  if (error) {
    await management.destroy()
    throw unusableServer(address, error, 'its tables cannot be brought up to date')
  }
  const records = await openPostgresDatabase({ address, connections: RECORD_CONNECTIONS, oneAtATime: false })
  return {
    routes: new SqlRouteStore(management, attemptOnce, options),
    apiKeys: new SqlApiKeyStore(management, records, attemptOnce),
    audit: new SqlAuditLog(management, attemptOnce, options.clock),
    // Deleting it changes versions of route sets, which nothing else may write meanwhile.
    feedback: new SqlFeedbackStore(management, attemptOnce),
    records: new SqlDecisionRecordStore(records, attemptOnce, () => {}),
    driftReferences: new SqlDriftReferenceStore(records, attemptOnce),
    budgets: new SqlBudgetStore(records, attemptOnce),
    usage: new SqlUsageStore(records, attemptOnce),
    async close() {
      await Promise.all([management.destroy(), records.destroy()])
    },
  }
}
