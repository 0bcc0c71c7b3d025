import type { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { StrataError } from '../../errors/index.ts'
import { nodeSqliteDialect } from './node-sqlite-dialect.ts'

interface SqliteOptions {
  /** `full`: what is committed survives a power cut. `normal`: it survives the end of the process, and costs no wait for the disk. */
  readonly synchronous: 'full' | 'normal'
  /** How long a write waits for another connection's; the thread waits with it. */
  readonly busyTimeoutMs: number
}

/**
 * Opens a database file, made when missing, for queries by Kysely.
 * @throws StrataError `storage_failed` saying what to do
 */
export async function openSqliteDatabase<Tables>(
  file: string,
  { synchronous, busyTimeoutMs }: SqliteOptions,
): Promise<Kysely<Tables>> {
  const { DatabaseSync } = await loadSqlite()
  try {
    const opened: DatabaseSync = new DatabaseSync(file)
    opened.exec(`pragma busy_timeout = ${busyTimeoutMs}`)
    // Readers never wait for a writer.
    opened.exec('pragma journal_mode = wal')
    opened.exec(`pragma synchronous = ${synchronous}`)
    // What is deleted is overwritten, so that a text that was taken back is not found in the file.
    opened.exec('pragma secure_delete = on')
    return new Kysely<Tables>({ dialect: nodeSqliteDialect(opened) })
  } catch (error) {
    throw unusableDatabase(file, error, 'it cannot be opened')
  }
}

export function unusableDatabase(file: string, cause: unknown, what: string): StrataError {
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
