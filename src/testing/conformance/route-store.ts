import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict'
import type { Clock, FitOutcome, KeyedFitInputs, RouteSet, RouteStore } from '../../contracts/index.ts'

interface RouteStoreHarness {
  /** An empty store that keeps `versionsKept` versions. */
  open(options: { clock: Pick<Clock, 'now'>; versionsKept: number }): Promise<RouteStore>
  /** A second store on the same data as the one opened last, as another process would open it. */
  reopen(): Promise<RouteStore>
  /** Registers one case with the test runner. */
  test(title: string, run: () => Promise<void>): void
}

const set = (...names: string[]): { routeSet: RouteSet } => ({
  routeSet: {
    routes: names.map((name) => ({
      name,
      examples: [`${name}?`],
      metadata: { note: 'naïve \u{1F600} \u0000' },
    })),
  },
})

const inputs = (key: string): KeyedFitInputs => ({
  key,
  inputs: { data: [{ text: `${key} naïve \u{1F600}`, route: null }], maxErrorRate: 0.02 },
})

const outcome: FitOutcome = {
  report: {
    routes: 1,
    examples: 1,
    accuracyCv: 0.9,
    eceCv: null,
    eceCvByChance: null,
    thresholds: { default: 0.5 },
    seconds: 1,
    bytes: 2,
  },
  evaluation: null,
}

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
    deepStrictEqual(first, { ...set('x'), name: 'a', version: 1, state: 'active', createdAt: nowMs })
    deepStrictEqual(await store.get('a'), first)
    const second = await store.put('a', set('x', 'y'))
    strictEqual(second.version, 2)
    deepStrictEqual(await store.get('a'), second)
    deepStrictEqual(await store.get('a', 1), { ...first, state: 'superseded' })
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
    deepStrictEqual((await store.get('a'))?.routeSet, set('x').routeSet)
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

  const states = async (store: RouteStore) =>
    (await store.versions('a')).map(({ version, state }) => [version, state])

  withStore('says which version is active; a candidate is not', async (store) => {
    await store.put('a', set('x'))
    const candidate = await store.put('a', set('x', 'y'), { state: 'candidate', expectedVersion: 1 })
    deepStrictEqual([candidate.version, candidate.state], [2, 'candidate'])
    strictEqual((await store.get('a'))?.version, 1)
    strictEqual((await store.list())[0]?.version, 1)
    await store.put('a', set('z'), { expectedVersion: 1 })
    deepStrictEqual(await states(store), [
      [3, 'active'],
      [2, 'candidate'],
      [1, 'superseded'],
    ])
  })

  withStore('makes a version active in the place of the one that was', async (store) => {
    await store.put('a', set('x'))
    await store.put('a', set('y'), { state: 'candidate' })
    await conflict(store.setState('a', 2, { state: 'active' }, { expectedVersion: 2 }))
    strictEqual(await store.setState('a', 2, { state: 'active' }, { expectedVersion: 1 }), true)
    strictEqual((await store.get('a'))?.version, 2)
    deepStrictEqual(await states(store), [
      [2, 'active'],
      [1, 'superseded'],
    ])
    await rejects(store.setState('a', 2, { state: 'shadow' }), { code: 'invalid_request' })
    strictEqual((await store.put('a', set('z'))).version, 3)
  })

  withStore('has at most one shadow and one canary of a set, with their shares', async (store) => {
    await store.put('a', set('x'))
    await store.put('a', set('y'), { state: 'shadow', share: 0.5 })
    await store.put('a', set('z'), { state: 'canary', share: 0.25 })
    await store.put('a', set('w'), { state: 'shadow', share: 1 })
    deepStrictEqual(
      (await store.versions('a')).map(({ state, share }) => [state, share]),
      [
        ['shadow', 1],
        ['canary', 0.25],
        ['superseded', undefined],
        ['active', undefined],
      ],
    )
    deepStrictEqual(await store.trials('a'), [
      { version: 3, state: 'canary', share: 0.25 },
      { version: 4, state: 'shadow', share: 1 },
    ])
    deepStrictEqual(await store.trials('b'), [])
    strictEqual(await store.setState('a', 4, { state: 'canary', share: 0.1 }), true)
    deepStrictEqual(await states(store), [
      [4, 'canary'],
      [3, 'superseded'],
      [2, 'superseded'],
      [1, 'active'],
    ])
    strictEqual((await store.get('a', 4))?.share, 0.1)
    strictEqual(await store.setState('a', 9, { state: 'shadow', share: 1 }), false)
    strictEqual(await store.setState('b', 1, { state: 'shadow', share: 1 }), false)
  })

  withStore('keeps what is in use however many versions follow', async (store) => {
    await store.put('a', set('x'))
    await store.put('a', set('y'), { state: 'canary', share: 0.1 })
    await store.put('a', set('y'), { state: 'candidate' })
    for (let count = 0; count < 4; count++) await store.put('a', set(`r${count}`))
    deepStrictEqual(await states(store), [
      [7, 'active'],
      [6, 'superseded'],
      [5, 'superseded'],
      [2, 'canary'],
    ])
  })

  withStore('keeps what a version was fitted with, and what came of it', async (store) => {
    const stored = await store.put(
      'a',
      { ...set('x'), fitInputsKey: 'k', outcome },
      { fitInputs: inputs('k') },
    )
    deepStrictEqual(await store.get('a'), stored)
    deepStrictEqual((await store.versions('a'))[0]?.outcome, outcome)
    deepStrictEqual(await store.fitInputs('k'), inputs('k').inputs)
    strictEqual(await store.fitInputs('other'), null)
  })

  withStore('keeps fit inputs as long as a version names them, once for all', async (store) => {
    await store.put('a', { ...set('x'), fitInputsKey: 'k' }, { fitInputs: inputs('k') })
    await store.put('a', { ...set('y'), fitInputsKey: 'k' }, { fitInputs: inputs('k') })
    await store.put('b', { ...set('y'), fitInputsKey: 'l' }, { fitInputs: inputs('l') })
    for (let count = 0; count < 3; count++) {
      deepStrictEqual(await store.fitInputs('k'), inputs('k').inputs)
      await store.put('a', set(`r${count}`))
    }
    await store.put('a', set('last'))
    strictEqual(await store.fitInputs('k'), null)
    deepStrictEqual(await store.fitInputs('l'), inputs('l').inputs)
    await store.put('b', set('z'), { state: 'candidate' })
    strictEqual(await store.delete('b'), true)
    strictEqual(await store.fitInputs('l'), null)
    deepStrictEqual(await store.versions('b'), [])
    strictEqual((await store.put('b', set('z'))).version, 3)
  })

  withStore('makes a version of an older one again, with all it was fitted with', async (store) => {
    const { version: _, ...first } = await store.put(
      'a',
      { ...set('x'), fitInputsKey: 'k', outcome },
      { fitInputs: inputs('k') },
    )
    await store.put('a', set('y'))
    await conflict(store.restore('a', 1, { expectedVersion: 1 }))
    const restored = await store.restore('a', 1, { expectedVersion: 2 })
    deepStrictEqual(restored, { ...first, version: 3 })
    deepStrictEqual(await store.get('a'), restored)
    for (let count = 0; count < 5; count++) await store.put('a', set(`c${count}`), { state: 'candidate' })
    deepStrictEqual(await store.fitInputs('k'), inputs('k').inputs)
    strictEqual(await store.restore('a', 1), null)
    strictEqual(await store.restore('b', 1), null)
    strictEqual((await store.get('a'))?.version, 3)
  })

  withStore('shows its writes to a store opened later on the same data', async (store) => {
    await store.put('a', set('x'))
    const other = await harness.reopen()
    try {
      deepStrictEqual((await other.get('a'))?.routeSet, set('x').routeSet)
      await other.put('a', set('y'))
      await conflict(store.put('a', set('z'), { expectedVersion: 1 }))
    } finally {
      await other.close()
    }
  })
}
