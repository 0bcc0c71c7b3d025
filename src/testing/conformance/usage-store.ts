import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import type { UsageStore, UsageTotal } from '../../contracts/index.ts'

interface OpenUsageStore {
  readonly usage: UsageStore
  close(): Promise<void>
}

interface UsageStoreHarness {
  /** An empty store. */
  open(): Promise<OpenUsageStore>
  /** A second store on the same data as the one opened last, as another process would open it. */
  reopen(): Promise<OpenUsageStore>
  /** Registers one case with the test runner. */
  test(title: string, run: () => Promise<void>): void
}

const SUMS = {
  requests: 1,
  inputTokens: 100,
  cachedInputTokens: 60,
  cacheWriteTokens: 10,
  outputTokens: 20,
  reasoningTokens: 5,
  costMicroUsd: 1234,
  unpricedRequests: 0,
}

const total = (changed: Partial<UsageTotal> = {}): UsageTotal => ({
  day: '2026-11-24',
  tenant: 'acme',
  key: 'key_1',
  route: 'billing',
  provider: 'openai',
  model: 'fast',
  ...SUMS,
  ...changed,
})

const times = (count: number) =>
  Object.fromEntries(Object.entries(SUMS).map(([name, amount]) => [name, amount * count]))

const ALL = { from: '0000-01-01', to: '9999-12-31', groupBy: [] }

/** What every UsageStore must do; call it from the test of each implementation. */
export function checkUsageStore(harness: UsageStoreHarness): void {
  const withStore = (title: string, run: (store: UsageStore) => Promise<void>) =>
    harness.test(title, async () => {
      const { usage, close } = await harness.open()
      try {
        await run(usage)
      } finally {
        await close()
      }
    })

  withStore('starts with nothing used', async (store) => {
    deepStrictEqual(await store.query(ALL, 9), [times(0)])
    deepStrictEqual(await store.query({ ...ALL, groupBy: ['tenant'] }, 9), [])
    await store.add([])
  })

  withStore('adds up what belongs together', async (store) => {
    await store.add([total(), total({ model: 'careful', route: '', key: '' })])
    await store.add([total()])
    await store.add([total({ unpricedRequests: 1, costMicroUsd: 10 ** 14 })])
    deepStrictEqual(await store.query({ ...ALL, groupBy: ['model'] }, 9), [
      { model: 'careful', ...times(1) },
      { model: 'fast', ...times(3), unpricedRequests: 1, costMicroUsd: 10 ** 14 + 2 * 1234 },
    ])
  })

  withStore(
    'tells apart what is asked for, in that order, of the days and the tenant asked for',
    async (store) => {
      await store.add([
        total({ day: '2026-11-22' }),
        total({ day: '2026-11-23', tenant: 'b' }),
        total({ day: '2026-11-23', provider: 'anthropic', key: 'key_2' }),
        total({ day: '2026-11-24', tenant: 'b' }),
      ])
      const days = { from: '2026-11-23', to: '2026-11-24' }
      deepStrictEqual(
        (await store.query({ ...days, groupBy: ['tenant', 'day'] }, 9)).map(({ tenant, day }) => [
          tenant,
          day,
        ]),
        [
          ['acme', '2026-11-23'],
          ['b', '2026-11-23'],
          ['b', '2026-11-24'],
        ],
      )
      deepStrictEqual(await store.query({ ...days, groupBy: ['key', 'provider'], tenant: 'acme' }, 9), [
        { key: 'key_2', provider: 'anthropic', ...times(1) },
      ])
      strictEqual((await store.query({ ...days, groupBy: ['tenant', 'day'] }, 2)).length, 2)
    },
  )

  withStore('deletes the days before one', async (store) => {
    await store.add([total({ day: '2026-11-22' }), total({ day: '2026-11-23' })])
    await store.deleteBefore('2026-11-23')
    deepStrictEqual(
      (await store.query({ ...ALL, groupBy: ['day'] }, 9)).map(({ day }) => day),
      ['2026-11-23'],
    )
  })

  withStore('loses nothing that several processes add at the same time', async (store) => {
    const rows = Array.from({ length: 700 }, (_, index) => total({ model: `m${index}` }))
    const other = await harness.reopen()
    try {
      await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          index % 2 === 0 ? store.add(rows) : other.usage.add(rows.toReversed()),
        ),
      )
    } finally {
      await other.close()
    }
    deepStrictEqual(await store.query(ALL, 9), [times(7000)])
  })
}
