import { StrataError } from '../errors/index.ts'
import { openSqliteStores } from './sqlite/open-sqlite-stores.ts'
import type { Stores, StoresOptions } from './stores.ts'

/**
 * Opens a database, brings its tables up to date and returns the stores in it.
 * @param address `sqlite:PATH` or `postgresql://…`
 * @throws StrataError `storage_failed` saying what to do; `invalid_configuration` where the client for it is not installed
 */
export async function openStores(address: string, options: StoresOptions): Promise<Stores> {
  if (address.startsWith('sqlite:')) return openSqliteStores(address.slice('sqlite:'.length), options)
  if (/^postgres(ql)?:\/\//.test(address)) {
    // Whoever keeps all in a file has no need of its code.
    const { openPostgresStores } = await import('./postgres/open-postgres-stores.ts')
    return openPostgresStores(address, options)
  }
  throw new StrataError(
    'invalid_configuration',
    `A database is expected as sqlite:PATH or postgresql://USER@HOST/NAME, got something that begins with "${address.slice(0, 8)}". Change database.primary.`,
  )
}
