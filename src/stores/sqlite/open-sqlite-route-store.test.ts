import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { afterAll, describe, expect, it } from 'vitest'
import { checkRouteStore } from '../../testing/conformance/route-store.ts'
import { routeSets } from '../sql/migrations/0001-route-sets.ts'
import type { Database } from '../sql/schema.ts'
import { openSqliteDatabase } from './open-sqlite-database.ts'
import { openSqliteRouteStore } from './open-sqlite-route-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'stratarouter-store-'))
afterAll(() => rmSync(folder, { recursive: true }))

const options = { clock: { now: () => 0 }, versionsKept: 3 }

describe('the SQLite route store', () => {
  let count = 0
  const file = () => join(folder, 'deep', `${count}.db`)
  checkRouteStore({
    open(given) {
      count++
      return openSqliteRouteStore({ ...given, file: file() })
    },
    reopen: () => openSqliteRouteStore({ ...options, file: file() }),
    test: it,
  })

  it('takes the writes of several processes at once, one after the other', async () => {
    const path = join(folder, 'shared.db')
    await (await openSqliteRouteStore({ ...options, file: path })).close()
    const program = `
      import { openSqliteRouteStore } from ${JSON.stringify(new URL('./open-sqlite-route-store.ts', import.meta.url).href)}
      const store = await openSqliteRouteStore({ file: ${JSON.stringify(path)}, clock: { now: () => 0 }, versionsKept: 3 })
      for (let count = 0; count < 40; count++) await store.put('a', { routeSet: { routes: [] } })
      await store.close()`
    const writers = [1, 2, 3].map(async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      let complaint = ''
      child.stderr.on('data', (data) => {
        complaint += data
      })
      const [code] = await once(child, 'close')
      return { code, complaint }
    })
    expect(await Promise.all(writers)).toEqual([1, 2, 3].map(() => ({ code: 0, complaint: '' })))
    const store = await openSqliteRouteStore({ ...options, file: path })
    expect((await store.get('a'))?.version).toBe(120)
    await store.close()
  })

  it('takes over a database of the release before, the highest version of each set being active', async () => {
    const path = join(folder, 'before.db')
    const database = await openSqliteDatabase<Database>(path, { synchronous: 'normal', busyTimeoutMs: 0 })
    const first = { getMigrations: async () => ({ '0001-route-sets': routeSets }) }
    await new Migrator({ db: database, provider: first }).migrateToLatest()
    for (const version of [1, 2]) {
      const body = JSON.stringify({ routes: [] })
      await sql`insert into route_set_versions (name, version, routes, body, created_at)
        values ('a', ${version}, 0, ${body}, 5)`.execute(database)
    }
    await database.destroy()
    const store = await openSqliteRouteStore({ ...options, file: path })
    expect((await store.versions('a')).map(({ version, state }) => [version, state])).toEqual([
      [2, 'active'],
      [1, 'superseded'],
    ])
    expect((await store.put('a', { routeSet: { routes: [] } }, { expectedVersion: 2 })).version).toBe(3)
    await store.close()
  })

  it('says what to do when the file is not a database', async () => {
    const path = join(folder, 'text.db')
    writeFileSync(path, 'not a database, but long enough to look like one'.repeat(100))
    const opening = openSqliteRouteStore({ ...options, file: path })
    await expect(opening).rejects.toMatchObject({ code: 'storage_failed' })
    await expect(opening).rejects.toThrow(/text\.db is not usable.*STRATAROUTER_DATA_DIR/)
  })

  it('says what to do when the directory cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '')
    const opening = openSqliteRouteStore({ ...options, file: join(folder, 'file', 'x.db') })
    await expect(opening).rejects.toThrow(/the directory .* cannot be made/)
  })

  // A directory without write permission would not stop root, who runs the tests in CI.
  it('says what to do when the database cannot be written', async () => {
    mkdirSync(join(folder, 'x.db'))
    const opening = openSqliteRouteStore({ ...options, file: join(folder, 'x.db') })
    await expect(opening).rejects.toMatchObject({ code: 'storage_failed' })
  })
})
