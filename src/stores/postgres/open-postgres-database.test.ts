import { sql } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { postgresPrograms, startPostgres, withoutPostgres } from '../../testing/postgres-server.ts'
import { openPostgresDatabase, shownAddress } from './open-postgres-database.ts'

it.skipIf(postgresPrograms === null)(
  `a connection that breaks between two queries costs the second, not the process${withoutPostgres}`,
  async () => {
    const server = await startPostgres()
    onTestFinished(() => server.close())
    const database = await openPostgresDatabase({
      address: await server.newDatabase(),
      connections: 1,
      oneAtATime: true,
    })
    await database.connection().execute(async (connection) => {
      await sql`select 1`.execute(connection)
      await server.kill()
      await expect(sql`select 1`.execute(connection)).rejects.toThrow()
    })
    await server.start()
    expect((await sql<{ one: number }>`select 1 as one`.execute(database)).rows).toEqual([{ one: 1 }])
    await database.destroy()
  },
)

it('an address is shown without password and options', () => {
  expect(shownAddress('postgresql://me:secret@host:5433/name?sslmode=require')).toBe(
    'postgresql://me@host:5433/name',
  )
  expect(shownAddress('postgres:///name')).toBe('postgresql:///name')
  expect(shownAddress('postgresql://me:se cret@[')).toBe('postgresql://…')
})
