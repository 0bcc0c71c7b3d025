import { SqlApiKeyStore } from '../sql/sql-api-key-store.ts'
import { SqlAuditLog } from '../sql/sql-audit-log.ts'
import { SqlRouteStore } from '../sql/sql-route-store.ts'
import type { Stores, StoresOptions } from '../stores.ts'
import { attemptWhenFree } from './attempt-when-free.ts'
import { openManagementDatabase } from './open-management-database.ts'
import { openSqliteRecordStores } from './open-sqlite-record-stores.ts'

/**
 * Opens the stores in a database file, on two connections: one for what people change, one for what is written beside the
 * answers.
 * @throws StrataError `storage_failed`
 */
export async function openSqliteStores(file: string, options: StoresOptions): Promise<Stores> {
  const management = await openManagementDatabase(file)
  try {
    const { database, close, ...records } = await openSqliteRecordStores(file)
    return {
      ...records,
      routes: new SqlRouteStore(management, attemptWhenFree, options),
      apiKeys: new SqlApiKeyStore(management, database, attemptWhenFree),
      audit: new SqlAuditLog(management, attemptWhenFree, options.clock),
      async close() {
        await close()
        await management.destroy()
      },
    }
  } catch (error) {
    await management.destroy()
    throw error
  }
}
