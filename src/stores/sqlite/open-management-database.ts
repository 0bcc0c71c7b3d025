import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { AccessDatabase } from '../sql/access-schema.ts'
import { migrationsFor } from '../sql/migrations/index.ts'
import { openSqliteDatabase, unusableDatabase } from './open-sqlite-database.ts'

/** How long opening waits for another process's write; afterwards nothing waits in the middle of the thread. */
const BUSY_TIMEOUT_MS = 5000

/**
 * Opens a database for what people change, made with its directory when missing, and brings its tables up to date. What is
 * committed is on disk. What finds it busy is to be tried again (`attemptWhenFree`).
 * @param file path of the database file; `:memory:` keeps nothing
 * @throws StrataError `storage_failed` saying what to do: no permission, not a database, made by a newer version
 */
export async function openManagementDatabase(file: string): Promise<Kysely<AccessDatabase>> {
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
  } catch (error) {
    throw unusableDatabase(file, error, `the directory ${dirname(file)} cannot be made`)
  }
  // With `full` every commit reaches the disk before it is answered.
  const database = await openSqliteDatabase<AccessDatabase>(file, {
    synchronous: 'full',
    busyTimeoutMs: BUSY_TIMEOUT_MS,
  })
  const { error } = await new Migrator({ db: database, provider: migrationsFor('sqlite') }).migrateToLatest()
  if (error) {
    await database.destroy()
    throw unusableDatabase(file, error, 'its tables cannot be brought up to date')
  }
  await sql`pragma busy_timeout = 0`.execute(database)
  return database
}
