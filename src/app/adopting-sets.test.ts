import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteRouteStore } from '../stores/index.ts'
import { largeRouteSet } from '../testing/large-route-set.ts'
import { openRouteSetProcess, STOPPED_CLOCK } from '../testing/route-set-process.ts'
import type { RouteSetChange, RouteSets } from './route-sets.ts'
import { SnapshotCache } from './snapshot-cache.ts'

const largeSet = largeRouteSet()
const route = (name: string) => ({ name, examples: [`the ${name} addition`] })

/** One process of several on the same data. */
interface Member {
  readonly sets: RouteSets
  readonly changes: RouteSetChange[]
  fits: number
  close(): Promise<void>
}

describe('two processes on the same data', () => {
  let folder: string
  let one: Member
  let two: Member

  async function open(): Promise<Member> {
    const cache = new SnapshotCache(join(folder, 'snapshots'), 'test', STOPPED_CLOCK)
    const file = join(folder, 'routes.db')
    const store = await openSqliteRouteStore({ file, clock: STOPPED_CLOCK, versionsKept: 5 })
    const { sets, close } = await openRouteSetProcess({
      store,
      cache,
      beforeFit: () => void member.fits++,
    })
    const changes: RouteSetChange[] = []
    sets.onChange((change) => void changes.push(change))
    const member: Member = {
      sets,
      changes,
      fits: 0,
      async close() {
        await close()
        await store.close()
      },
    }
    return member
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'stratarouter-adopting-'))
    one = await open()
    two = await open()
  })
  afterEach(async () => {
    await one.close()
    await two.close()
    rmSync(folder, { recursive: true })
  })

  it('tell of each stored change and each finished refit, and not of what they adopt', async () => {
    await one.sets.replace('default', largeSet)
    await one.sets.addRoute('default', route('first'))
    await one.sets.idle()
    await one.sets.delete('default')
    expect(one.changes).toEqual([
      { name: 'default', version: 1 },
      { name: 'default', version: 2 },
      { name: 'default', version: 2, refitted: true },
      { name: 'default', version: 0 },
    ])
    await two.sets.adopt('default')
    expect(two.changes).toEqual([])
  })

  it('decide alike after adopting, and only the one that wrote has fitted', async () => {
    await one.sets.replace('default', largeSet)
    await two.sets.adopt('default')
    expect(two.sets.router().snapshot).toBe(one.sets.router().snapshot)

    await one.sets.addRoute('default', route('first'))
    await two.sets.adopt('default')
    expect(two.sets.get('default').version).toBe(2)
    expect(two.sets.router().route('the first addition', { threshold: 0 }).route).toBe('first')

    await one.sets.idle()
    await two.sets.adopt('default')
    await two.sets.idle()
    expect(two.sets.router().provisional).toBe(false)
    expect(two.sets.router().snapshot).toBe(one.sets.router().snapshot)
    expect([one.fits, two.fits]).toEqual([2, 0])
  })

  it('delete what the other has edited in the meantime, unless a version was asked for', async () => {
    await one.sets.replace('other', { routes: [route('first')] })
    await two.sets.adopt('other')
    await one.sets.addRoute('other', route('second'))
    await expect(two.sets.delete('other', { expectedVersion: 1 })).rejects.toMatchObject({
      code: 'version_conflict',
    })
    await one.sets.addRoute('other', route('third'))
    await two.sets.delete('other')
    expect(two.changes).toEqual([{ name: 'other', version: 0 }])
    await expect(one.sets.delete('other')).rejects.toMatchObject({ code: 'route_set_not_found' })
    expect(one.sets.has('other')).toBe(false)
  })

  it('tell which set is deleted, whoever deleted it', async () => {
    const gone: string[][] = [[], []]
    one.sets.onForget((name) => void gone[0]?.push(name))
    two.sets.onForget((name) => void gone[1]?.push(name))
    await one.sets.replace('other', { routes: [route('first')] })
    await two.sets.adopt('other')
    const { snapshot } = two.sets.router('other')
    expect(two.sets.versionOf('other', snapshot)).toBe(1)
    await one.sets.delete('other')
    await two.sets.adopt('other')
    expect(gone).toEqual([['other'], ['other']])
    // A decision that took its time was made all the same.
    expect(two.sets.versionOf('other', snapshot)).toBe(0)
  })

  it('forget what the other has deleted, and take sets the other has made', async () => {
    await one.sets.replace('other', { routes: [route('first')] })
    await two.sets.adopt('other')
    expect(two.sets.list().map(({ name }) => name)).toEqual(['default', 'other'])
    await one.sets.delete('other')
    await two.sets.adopt('other')
    expect(two.sets.list().map(({ name }) => name)).toEqual(['default'])
    await two.sets.adopt('never-made')
    expect(two.sets.list().map(({ name }) => name)).toEqual(['default'])
  })
})
