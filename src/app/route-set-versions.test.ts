import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { RouteStore } from '../contracts/index.ts'
import { openSqliteRouteStore } from '../stores/index.ts'
import { openRouteSetProcess, STOPPED_CLOCK } from '../testing/route-set-process.ts'
import { SnapshotCache } from './snapshot-cache.ts'

const folder = mkdtempSync(join(tmpdir(), 'stratarouter-versions-'))
afterAll(() => rmSync(folder, { recursive: true }))

const routeSet = { routes: [{ name: 'billing', examples: ['pay my invoice', 'a wrong charge'] }] }
const rows = (word: string) => [
  { text: `pay for the ${word}`, route: 'billing' },
  { text: `sing to the ${word}`, route: null },
]

/** The store, with `meanwhile` done once after the next reading of a version by its number. */
function interrupted(store: RouteStore, meanwhile: () => Promise<void>): RouteStore {
  let isDue = true
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'get') {
        return async (...given: Parameters<RouteStore['get']>) => {
          const stored = await target.get(...given)
          if (given[1] !== undefined && isDue) {
            isDue = false
            await meanwhile()
          }
          return stored
        }
      }
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

describe('a rollback to a version that another process deletes at the same time', () => {
  it.each(['cached', 'not cached'])(
    'fails and leaves all versions whole, its snapshot being %s',
    async (how) => {
      const file = join(folder, `${how}.db`)
      const open = () => openSqliteRouteStore({ file, clock: STOPPED_CLOCK, versionsKept: 2 })
      const cacheOf = (name: string) => new SnapshotCache(join(folder, how, name), 'test', STOPPED_CLOCK)
      const store = await open()
      const first = await openRouteSetProcess({ store, cache: cacheOf('first') })
      await first.sets.replace('default', routeSet)
      await first.sets.versions.fit('default', { data: rows('piano'), state: 'active' })
      await first.sets.versions.fit('default', { data: rows('garden'), state: 'active' })
      await first.close()

      const other = await open()
      const candidate = async () => {
        await other.put('default', { routeSet }, { state: 'candidate' })
      }
      const second = await openRouteSetProcess({
        store: interrupted(store, candidate),
        cache: cacheOf(how === 'cached' ? 'first' : 'second'),
      })
      await expect(second.sets.versions.rollback('default', 2)).rejects.toMatchObject({
        code: 'version_not_found',
      })
      expect((await store.versions('default')).map(({ version, state }) => [version, state])).toEqual([
        [4, 'candidate'],
        [3, 'active'],
      ])
      for (const { version } of await store.versions('default')) {
        const key = (await store.get('default', version))?.fitInputsKey
        if (key !== undefined) expect(await store.fitInputs(key)).not.toBeNull()
      }
      await second.close()
      await other.close()
      await store.close()
    },
  )
})
