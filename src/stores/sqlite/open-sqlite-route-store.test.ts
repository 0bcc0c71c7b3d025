import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkRouteStore } from '../../testing/conformance/route-store.ts'
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
