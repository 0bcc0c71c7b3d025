import { sql } from 'kysely'
import { openPostgresDatabase, shownAddress, unusableServer } from './open-postgres-database.ts'

/**
 * Connects and asks who is there; changes nothing.
 * @returns the address as a person may see it, and what answers there
 * @throws StrataError `storage_failed`; `invalid_configuration` where `pg` is not installed
 */
export async function reachPostgres(address: string): Promise<string> {
  const database = await openPostgresDatabase({ address, connections: 1, oneAtATime: false })
  try {
    const { rows } = await sql<{ server_version: string }>`show server_version`.execute(database)
    return `${shownAddress(address)}, PostgreSQL ${rows[0]?.server_version}`
  } catch (error) {
    throw unusableServer(address, error, 'it does not answer')
  } finally {
    await database.destroy()
  }
}
