import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { Migrator } from 'kysely/migration'
import type { RouteStore } from '../../contracts/index.ts'
import { migrations } from '../sql/migrations/index.ts'
import type { Database } from '../sql/schema.ts'
import { SqlRouteStore, type SqlRouteStoreOptions } from '../sql/sql-route-store.ts'
import { openSqliteDatabase, unusableDatabase } from './open-sqlite-database.ts'

interface SqliteRouteStoreOptions extends SqlRouteStoreOptions {
  /** Path of the database file; made with its directory when missing. `:memory:` keeps nothing. */
  readonly file: string
}

/** How long a write waits for another process's write. */
const BUSY_TIMEOUT_MS = 5000

/**
 * Opens the database, brings its tables up to date and returns the store.
 * @throws StrataError `storage_failed` saying what to do: no permission, not a database, made by a newer version
 */
export async function openSqliteRouteStore(options: SqliteRouteStoreOptions): Promise<RouteStore> {
  const { file } = options
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
  } catch (error) {
    throw unusableDatabase(file, error, `the directory ${dirname(file)} cannot be made`)
  }
  // With `full` every commit reaches the disk before it is answered.
  const database = await openSqliteDatabase<Database>(file, {
    synchronous: 'full',
    busyTimeoutMs: BUSY_TIMEOUT_MS,
  })
  const { error } = await new Migrator({ db: database, provider: migrations }).migrateToLatest()
  if (error) {
    await database.destroy()
    throw unusableDatabase(file, error, 'its tables cannot be brought up to date')
  }
  return new SqlRouteStore(database, options)
}
