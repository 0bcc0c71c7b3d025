import { deepStrictEqual, match, strictEqual } from 'node:assert/strict'
import type {
  DecisionFilter,
  DecisionRecordStore,
  RecordedDecision,
  RecordPosition,
} from '../../contracts/index.ts'

interface DecisionRecordStoreHarness {
  /** An empty store. */
  open(): Promise<{ readonly records: DecisionRecordStore; close(): Promise<void> }>
  /** A second store on the same data as the one opened last, as another process would open it. */
  reopen(): Promise<{ readonly records: DecisionRecordStore; close(): Promise<void> }>
  /** Whether texts with a zero character come back as they were; otherwise with U+FFFD in its place. */
  readonly keepsNul?: boolean
  /** Registers one case with the test runner. */
  test(title: string, run: () => Promise<void>): void
}

const record = (id: string, at: number, changed: Partial<RecordedDecision> = {}): RecordedDecision => ({
  id,
  at,
  routeSet: 'default',
  version: 3,
  snapshot: 'f00d',
  route: 'billing',
  confidence: 0.1 + 0.2,
  outOfScope: 1e-6,
  threshold: 0.5,
  reason: 'match',
  candidates: [{ route: 'billing', confidence: 0.9, score: -1.5 }],
  latencyUs: 12.3,
  text: 'naïve \u{1F600} \u0000',
  textHash: 'abc',
  ...changed,
})

/** What every DecisionRecordStore must do; call it from the test of each implementation. */
export function checkDecisionRecordStore(harness: DecisionRecordStoreHarness): void {
  const withStore = (title: string, run: (store: DecisionRecordStore) => Promise<void>) =>
    harness.test(title, async () => {
      const { records, close } = await harness.open()
      try {
        await run(records)
      } finally {
        await close()
      }
    })
  /** Every id of a listing, page by page. */
  const idsOf = async (store: DecisionRecordStore, filter: DecisionFilter = {}, limit = 100) => {
    const ids: string[] = []
    let after: RecordPosition | undefined
    for (;;) {
      const { decisions, next } = await store.list(filter, limit, after)
      ids.push(...decisions.map(({ id }) => id))
      if (next === null) return ids
      after = next
    }
  }
  const addMany = async (store: DecisionRecordStore, records: readonly RecordedDecision[]) => {
    for (let from = 0; from < records.length; from += 100) await store.add(records.slice(from, from + 100))
  }

  withStore('starts empty', async (store) => {
    strictEqual(await store.get('a'), null)
    deepStrictEqual(await store.list({}, 10), { decisions: [], next: null })
    strictEqual(await store.count({}), 0)
    strictEqual(await store.deleteBefore(9, 9), 0)
    strictEqual(await store.deleteBeyond(0, 9), 0)
    await store.add([])
  })

  withStore('gives back what was added', async (store) => {
    const full = record('a', 1_700_000_000_000)
    const bare = record('b', 2, { route: null, text: null, textHash: null, candidates: [] })
    await store.add([full, bare])
    const text = harness.keepsNul === false ? full.text?.replaceAll('\u0000', '\u{fffd}') : full.text
    deepStrictEqual(await store.get('a'), { ...full, text })
    deepStrictEqual(await store.get('b'), bare)
  })

  withStore('adds all or none', async (store) => {
    await store.add([record('a', 1)])
    await store.add([record('b', 2), record('a', 3)]).then(
      () => {
        throw new Error('an id was taken twice')
      },
      (error: { code?: string }) => strictEqual(error.code, 'storage_failed'),
    )
    deepStrictEqual(await idsOf(store), ['a'])
  })

  withStore(
    'lists the newest first, the last added first among equal times, on pages of any size',
    async (store) => {
      await store.add([record('a', 5), record('b', 9), record('c', 5), record('d', 1)])
      for (const limit of [1, 2, 3, 100]) deepStrictEqual(await idsOf(store, {}, limit), ['b', 'c', 'a', 'd'])
    },
  )

  withStore('filters by set, route, reason, time and text', async (store) => {
    await store.add([
      record('a', 1),
      record('b', 2, { routeSet: 'other', text: null }),
      record('c', 3, { route: null, reason: 'out-of-scope' }),
      record('d', 4, { route: 'support', reason: 'rule' }),
    ])
    deepStrictEqual(await idsOf(store, { routeSet: 'default' }), ['d', 'c', 'a'])
    deepStrictEqual(await idsOf(store, { routeSet: 'none' }), [])
    deepStrictEqual(await idsOf(store, { route: 'support' }), ['d'])
    deepStrictEqual(await idsOf(store, { route: null }), ['c'])
    deepStrictEqual(await idsOf(store, { reason: 'match' }), ['b', 'a'])
    deepStrictEqual(await idsOf(store, { since: 2, until: 4 }), ['c', 'b'])
    deepStrictEqual(await idsOf(store, { hasText: false }), ['b'])
    strictEqual(await store.count({ hasText: true, since: 2 }), 2)
  })

  withStore('finds a few among thousands, and counts them', async (store) => {
    const records = Array.from({ length: 5000 }, (_, index) =>
      record(`d${index}`, index, index % 1250 === 0 ? { route: 'rare' } : {}),
    )
    await addMany(store, records)
    const rare = ['d3750', 'd2500', 'd1250', 'd0']
    for (const limit of [1, 3, 100]) deepStrictEqual(await idsOf(store, { route: 'rare' }, limit), rare)
    strictEqual(await store.count({ route: 'rare' }), 4)
    strictEqual(await store.count({}), 5000)
    deepStrictEqual((await idsOf(store, {}, 999)).length, 5000)
  })

  withStore('deletes what is old, the oldest first and so many at a time', async (store) => {
    await store.add([record('a', 4), record('b', 1), record('c', 3), record('d', 2)])
    strictEqual(await store.deleteBefore(4, 2), 2)
    deepStrictEqual(await idsOf(store), ['a', 'c'])
    strictEqual(await store.deleteBefore(4, 2), 1)
    strictEqual(await store.deleteBefore(4, 2), 0)
    deepStrictEqual(await idsOf(store), ['a'])
  })

  withStore('keeps the rows added last, also when all were deleted before', async (store) => {
    await store.add(['a', 'b', 'c', 'd', 'e'].map((id, index) => record(id, index)))
    strictEqual(await store.deleteBeyond(2, 2), 2)
    strictEqual(await store.deleteBeyond(2, 2), 1)
    strictEqual(await store.deleteBeyond(2, 2), 0)
    deepStrictEqual(await idsOf(store), ['e', 'd'])
    await store.deleteBefore(100, 100)
    await store.add([record('f', 1)])
    strictEqual(await store.deleteBeyond(2, 2), 0)
    deepStrictEqual(await idsOf(store), ['f'])
  })

  withStore('draws one salt, which another process finds', async (store) => {
    const salt = await store.salt()
    match(salt, /^[0-9a-f]{64}$/)
    strictEqual(await store.salt(), salt)
    await store.add([record('a', 1)])
    const other = await harness.reopen()
    try {
      strictEqual(await other.records.salt(), salt)
      deepStrictEqual(await idsOf(other.records), ['a'])
    } finally {
      await other.close()
    }
  })
}
