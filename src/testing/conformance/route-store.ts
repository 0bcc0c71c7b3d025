import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict'
import type { Clock, RouteSet, RouteStore } from '../../contracts/index.ts'

interface RouteStoreHarness {
  /** An empty store that keeps `versionsKept` versions. */
  open(options: { clock: Pick<Clock, 'now'>; versionsKept: number }): Promise<RouteStore>
  /** A second store on the same data as the one opened last, as another process would open it. */
  reopen(): Promise<RouteStore>
  /** Registers one case with the test runner. */
  test(title: string, run: () => Promise<void>): void
}

const set = (...names: string[]): RouteSet => ({
  routes: names.map((name) => ({
    name,
    examples: [`${name}?`],
    metadata: { note: 'naïve \u{1F600} \u0000' },
  })),
})

/** What every RouteStore must do; call it from the test of each implementation. */
export function checkRouteStore(harness: RouteStoreHarness): void {
  let nowMs = 1_700_000_000_000
  const clock = { now: () => nowMs }
  const withStore = (title: string, run: (store: RouteStore) => Promise<void>) =>
    harness.test(title, async () => {
      const store = await harness.open({ clock, versionsKept: 3 })
      try {
        await run(store)
      } finally {
        await store.close()
      }
    })
  const conflict = (action: Promise<unknown>) => rejects(action, { code: 'version_conflict' })

  withStore('starts empty', async (store) => {
    deepStrictEqual(await store.list(), [])
    strictEqual(await store.get('a'), null)
    deepStrictEqual(await store.versions('a'), [])
    strictEqual(await store.delete('a'), false)
    await store.check()
  })

  withStore('gives back what was written, as the next version', async (store) => {
    nowMs++
    const first = await store.put('a', set('x'))
    deepStrictEqual(first, { name: 'a', version: 1, routeSet: set('x'), createdAt: nowMs })
    deepStrictEqual(await store.get('a'), first)
    const second = await store.put('a', set('x', 'y'))
    strictEqual(second.version, 2)
    deepStrictEqual(await store.get('a'), second)
    deepStrictEqual(await store.get('a', 1), first)
    strictEqual(await store.get('a', 9), null)
  })

  withStore('lists sets by name with their current version', async (store) => {
    await store.put('b', set('x'))
    await store.put('a', set())
    await store.put('b', set('x', 'y'))
    deepStrictEqual(
      (await store.list()).map(({ name, version, routes }) => [name, version, routes]),
      [
        ['a', 1, 0],
        ['b', 2, 2],
      ],
    )
  })

  withStore('keeps a bounded number of versions', async (store) => {
    for (let count = 0; count < 10; count++) await store.put('a', set(`r${count}`))
    deepStrictEqual(
      (await store.versions('a')).map(({ version }) => version),
      [10, 9, 8],
    )
    strictEqual(await store.get('a', 7), null)
  })

  withStore('refuses a write that expects another version, and changes nothing', async (store) => {
    await conflict(store.put('a', set('x'), { expectedVersion: 1 }))
    await store.put('a', set('x'), { expectedVersion: 0 })
    await conflict(store.put('a', set('y'), { expectedVersion: 0 }))
    await conflict(store.delete('a', { expectedVersion: 2 }))
    deepStrictEqual((await store.get('a'))?.routeSet, set('x'))
    await store.put('a', set('y'), { expectedVersion: 1 })
    strictEqual(await store.delete('a', { expectedVersion: 2 }), true)
  })

  withStore('lets exactly one of many concurrent writers win a version', async (store) => {
    await store.put('a', set('x'))
    const outcomes = await Promise.allSettled(
      Array.from({ length: 16 }, (_, index) => store.put('a', set(`w${index}`), { expectedVersion: 1 })),
    )
    const winners = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    strictEqual(winners.length, 1)
    deepStrictEqual(await store.get('a'), winners[0])
  })

  withStore('gives concurrent writers without a condition a version each', async (store) => {
    const stored = await Promise.all(
      Array.from({ length: 16 }, (_, index) => store.put('a', set(`w${index}`))),
    )
    deepStrictEqual(
      stored.map(({ version }) => version).sort((a, b) => a - b),
      Array.from({ length: 16 }, (_, index) => index + 1),
    )
  })

  withStore('never uses a version twice, also after deletion', async (store) => {
    await store.put('a', set('x'))
    await store.put('a', set('y'))
    strictEqual(await store.delete('a'), true)
    strictEqual(await store.get('a'), null)
    strictEqual((await store.put('a', set('z'))).version, 3)
  })

  withStore('shows its writes to a store opened later on the same data', async (store) => {
    await store.put('a', set('x'))
    const other = await harness.reopen()
    try {
      deepStrictEqual((await other.get('a'))?.routeSet, set('x'))
      await other.put('a', set('y'))
      await conflict(store.put('a', set('z'), { expectedVersion: 1 }))
    } finally {
      await other.close()
    }
  })
}
