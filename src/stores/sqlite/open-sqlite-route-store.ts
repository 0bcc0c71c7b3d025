import type { RouteStore } from '../../contracts/index.ts'
import { SqlRouteStore, type SqlRouteStoreOptions } from '../sql/sql-route-store.ts'
import { attemptWhenFree } from './attempt-when-free.ts'
import { openManagementDatabase } from './open-management-database.ts'

interface SqliteRouteStoreOptions extends SqlRouteStoreOptions {
  /** Path of the database file; made with its directory when missing. `:memory:` keeps nothing. */
  readonly file: string
}

/**
 * Opens the database, brings its tables up to date and returns the store.
 * @throws StrataError `storage_failed` saying what to do: no permission, not a database, made by a newer version
 */
export async function openSqliteRouteStore(options: SqliteRouteStoreOptions): Promise<RouteStore> {
  return new SqlRouteStore(await openManagementDatabase(options.file), attemptWhenFree, options)
}
