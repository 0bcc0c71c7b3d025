import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { RouteStore } from '../../contracts/index.ts'
import { StrataError } from '../../errors/index.ts'
import { migrations } from '../sql/migrations/index.ts'
import type { Database } from '../sql/schema.ts'
import { SqlRouteStore, type SqlRouteStoreOptions } from '../sql/sql-route-store.ts'
import { nodeSqliteDialect } from './node-sqlite-dialect.ts'

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
    throw refusal(file, error, `the directory ${dirname(file)} cannot be made`)
  }
  const { DatabaseSync } = await loadSqlite()
  const database = await (async () => {
    try {
      const opened = new DatabaseSync(file)
      opened.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`)
      // Readers never wait for a writer, and with `full` every commit reaches the disk before it is answered.
      opened.exec('pragma journal_mode = wal')
      opened.exec('pragma synchronous = full')
      return opened
    } catch (error) {
      throw refusal(file, error, 'it cannot be opened')
    }
  })()
  const kysely = new Kysely<Database>({ dialect: nodeSqliteDialect(database) })
  const { error } = await new Migrator({ db: kysely, provider: migrations }).migrateToLatest()
  if (error) {
    database.close()
    throw refusal(file, error, 'its tables cannot be brought up to date')
  }
  return new SqlRouteStore(kysely, options)
}

function refusal(file: string, cause: unknown, what: string): StrataError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new StrataError(
    'storage_failed',
    `The database ${file} is not usable: ${what} (${reason}). Make its directory writable, or choose another with ` +
      'dataDir (STRATAROUTER_DATA_DIR) or database.primary.',
    { cause },
  )
}

/** Node 22 calls its SQLite experimental on standard error at every start; that one line is left out. */
async function loadSqlite(): Promise<typeof import('node:sqlite')> {
  const emitWarning = process.emitWarning
  process.emitWarning = ((warning: string | Error, ...rest: []) => {
    const text = warning instanceof Error ? warning.message : warning
    if (!text.startsWith('SQLite')) emitWarning.call(process, warning, ...rest)
  }) as typeof process.emitWarning
  try {
    return await import('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
}
