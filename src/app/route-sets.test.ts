import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, expect, it } from 'vitest'
import type { RouteSet } from '../contracts/index.ts'
import { openSqliteRouteStore } from '../stores/index.ts'
import { largeRouteSet, SUBJECTS } from '../testing/large-route-set.ts'
import { openRouteSetProcess, STOPPED_CLOCK } from '../testing/route-set-process.ts'
import type { FitWork } from './fit-version.ts'
import { SnapshotCache } from './snapshot-cache.ts'

const folder = mkdtempSync(join(tmpdir(), 'stratarouter-sets-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Holds the file back until told, so that an edit can come between the end of a fit and its use. */
class SlowCache extends SnapshotCache {
  readonly writing: (() => void)[] = []
  written = 0

  override async write(...given: Parameters<SnapshotCache['write']>): Promise<void> {
    await new Promise<void>((resolve) => this.writing.push(resolve))
    await super.write(...given)
    this.written++
  }
}

const largeSet = largeRouteSet(10, 10)

it('never puts a finished refit in the place of a newer edit', async () => {
  const cache = new SlowCache(folder, 'test', STOPPED_CLOCK)
  const store = await openSqliteRouteStore({ file: ':memory:', clock: STOPPED_CLOCK, versionsKept: 2 })
  const { sets, close } = await openRouteSetProcess({ store, cache })
  const turnsUntil = async (isDone: () => boolean) => {
    while (!isDone()) await new Promise<void>((resolve) => setImmediate(resolve))
  }
  const filling = sets.replace('default', largeSet)
  await turnsUntil(() => cache.writing.length >= 1)
  cache.writing[0]?.()
  await filling

  await sets.addRoute('default', { name: 'first', examples: ['the first addition'] })
  await turnsUntil(() => cache.writing.length >= 2)
  await sets.addRoute('default', { name: 'second', examples: ['the second addition'] })
  cache.writing[1]?.()
  await turnsUntil(() => cache.written === 2 && cache.writing.length === 3)
  expect(sets.router().routeSet.routes.map(({ name }) => name)).toEqual([...SUBJECTS, 'first', 'second'])
  expect(sets.router().provisional).toBe(true)
  cache.writing[2]?.()
  await sets.idle()
  expect(sets.router().routeSet.routes.map(({ name }) => name)).toEqual([...SUBJECTS, 'first', 'second'])
  expect(sets.router().provisional).toBe(false)
  await close()
  await store.close()
})

it('keeps the snapshots of what is tried out, and starts although one of those cannot be fitted', async () => {
  const lines: string[] = []
  const logger = pino({ level: 'error' }, { write: (line) => void lines.push(line) })
  const store = await openSqliteRouteStore({ file: ':memory:', clock: STOPPED_CLOCK, versionsKept: 5 })
  const inUse: ReadonlySet<string>[] = []
  class SeenCache extends SnapshotCache {
    override async write(...given: Parameters<SnapshotCache['write']>): Promise<void> {
      inUse.push(given[2])
      await super.write(...given)
    }
  }
  const opened = async (cacheFolder: string, canFit: boolean) => {
    const cache = new SeenCache(join(folder, cacheFolder), 'test', STOPPED_CLOCK)
    const beforeFit = ({ routeSet }: FitWork) => {
      if (!canFit && routeSet.routes.length > SUBJECTS.length) throw new Error('no process to be had')
    }
    return { cache, ...(await openRouteSetProcess({ store, cache, logger, beforeFit })) }
  }
  const first = await opened('first', true)
  await first.sets.replace('default', largeSet)
  const larger: RouteSet = { routes: [...largeSet.routes, { name: 'more', examples: ['one more'] }] }
  const { version } = await first.sets.versions.fit('default', { routeSet: larger, state: 'canary' })
  await first.sets.replace('other', { routes: [{ name: 'small', examples: ['something small'] }] })
  await first.sets.idle()
  expect([...(inUse.at(-1) ?? [])]).toContain(first.cache.keyOf({ routeSet: larger }))
  await first.close()

  const second = await opened('second', false)
  expect(second.sets.get('default').routeSet.routes).toHaveLength(SUBJECTS.length)
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { routeSet: 'default', version, err: { message: 'no process to be had' } },
  ])
  await second.close()
  await store.close()
})
