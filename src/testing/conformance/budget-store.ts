import { deepStrictEqual } from 'node:assert/strict'
import type { BudgetLine, BudgetSettlement, BudgetStore } from '../../contracts/index.ts'

interface OpenBudgetStore {
  readonly budgets: BudgetStore
  close(): Promise<void>
}

interface BudgetStoreHarness {
  /** An empty store. */
  open(): Promise<OpenBudgetStore>
  /** A second store on the same data as the one opened last, as another process would open it. */
  reopen(): Promise<OpenBudgetStore>
  /** Registers one case with the test runner. */
  test(title: string, run: () => Promise<void>): void
}

const line = (subject: string, limitMicroUsd: number, period = '2026-11-24'): BudgetLine => ({
  subject,
  period,
  endsAt: period.length === 10 ? 1_764_028_800_000 : 1_764_547_200_000,
  limitMicroUsd,
})

const settlement = (
  { subject, period, endsAt }: BudgetLine,
  differenceMicroUsd: number,
): BudgetSettlement => ({
  subject,
  period,
  endsAt,
  differenceMicroUsd,
})

/** What every BudgetStore must do; call it from the test of each implementation. */
export function checkBudgetStore(harness: BudgetStoreHarness): void {
  const withStore = (title: string, run: (store: BudgetStore) => Promise<void>) =>
    harness.test(title, async () => {
      const { budgets, close } = await harness.open()
      try {
        await run(budgets)
      } finally {
        await close()
      }
    })
  const spentOf = async (store: BudgetStore, ...lines: BudgetLine[]) =>
    (await store.spent(lines)).map(({ spentMicroUsd }) => spentMicroUsd)
  const ask = (estimateMicroUsd: number, ...lines: BudgetLine[]) => ({ lines, estimateMicroUsd })

  withStore('starts with nothing spent', async (store) => {
    deepStrictEqual(await spentOf(store, line('tenant:a', 1)), [0])
    deepStrictEqual(await store.spent([]), [])
  })

  withStore('grants up to the limit, and says which budget has no room', async (store) => {
    const daily = line('tenant:a', 100)
    deepStrictEqual(await store.apply([], [ask(60, daily)]), [null])
    deepStrictEqual(await store.apply([], [ask(41, daily)]), [{ line: daily, spentMicroUsd: 60 }])
    deepStrictEqual(await store.apply([], [ask(40, daily)]), [null])
    deepStrictEqual(await store.apply([], [ask(1, daily), ask(0, daily)]), [
      { line: daily, spentMicroUsd: 100 },
      null,
    ])
    deepStrictEqual(await spentOf(store, daily), [100])
  })

  withStore('takes the requests of one turn one after the other', async (store) => {
    const daily = line('tenant:a', 100)
    const outcomes = await store.apply([], [ask(70, daily), ask(70, daily), ask(30, daily), ask(1, daily)])
    deepStrictEqual(
      outcomes.map((refusal) => refusal?.spentMicroUsd ?? null),
      [null, 70, null, 100],
    )
  })

  withStore('spends in all budgets of a call or in none', async (store) => {
    const daily = line('tenant:a', 100)
    const monthly = line('tenant:a', 1000, '2026-11')
    const key = line('key:k', 50)
    deepStrictEqual(await store.apply([], [ask(40, daily, monthly, key)]), [null])
    deepStrictEqual(await store.apply([], [ask(40, daily, monthly, key)]), [{ line: key, spentMicroUsd: 40 }])
    deepStrictEqual(await spentOf(store, daily, monthly, key), [40, 40, 40])
  })

  withStore('settles before it grants', async (store) => {
    const daily = line('tenant:a', 100)
    await store.apply([], [ask(100, daily)])
    deepStrictEqual(await store.apply([settlement(daily, -80)], [ask(80, daily)]), [null])
    await store.apply([settlement(daily, 50)], [])
    deepStrictEqual(await spentOf(store, daily), [150])
    deepStrictEqual(await store.apply([], [ask(0, daily)]), [{ line: daily, spentMicroUsd: 150 }])
  })

  withStore('adds up several settlements of one budget', async (store) => {
    const daily = line('tenant:a', 100)
    await store.apply([settlement(daily, 5), settlement(daily, 6), settlement(line('key:k', 1), 7)], [])
    deepStrictEqual(await spentOf(store, daily, line('key:k', 1)), [11, 7])
  })

  withStore('counts amounts beyond what 32 bits hold', async (store) => {
    const monthly = line('tenant:a', 10 ** 15, '2026-11')
    deepStrictEqual(await store.apply([], [ask(10 ** 15 - 1, monthly), ask(2, monthly), ask(1, monthly)]), [
      null,
      { line: monthly, spentMicroUsd: 10 ** 15 - 1 },
      null,
    ])
  })

  withStore('takes thousands of budgets at once', async (store) => {
    const settlements = Array.from({ length: 9000 }, (_, index) =>
      settlement(line(`key:${index}`, 1), index + 1),
    )
    await store.apply(settlements, [])
    deepStrictEqual(await spentOf(store, line('key:0', 1), line('key:8999', 1)), [1, 9000])
  })

  withStore('deletes periods that ended before, no other', async (store) => {
    const daily = line('tenant:a', 100)
    const monthly = line('tenant:a', 100, '2026-11')
    await store.apply([], [ask(5, daily, monthly)])
    await store.deleteEndedBefore(daily.endsAt)
    deepStrictEqual(await spentOf(store, daily, monthly), [5, 5])
    await store.deleteEndedBefore(daily.endsAt + 1)
    deepStrictEqual(await spentOf(store, daily, monthly), [0, 5])
  })

  withStore(
    'grants many processes no more than the limit together, whatever order they ask in',
    async (store) => {
      const lines = [line('tenant:a', 100), line('key:k', 100), line('tenant:a', 100, '2026-11')]
      const other = await harness.reopen()
      try {
        const outcomes = await Promise.all(
          Array.from({ length: 60 }, (_, index) =>
            (index % 2 === 0 ? store : other.budgets).apply(
              [],
              [ask(2, ...(index % 3 === 0 ? lines : lines.toReversed()))],
            ),
          ),
        )
        deepStrictEqual(outcomes.flat().filter((refusal) => refusal === null).length, 50)
      } finally {
        await other.close()
      }
      deepStrictEqual(await spentOf(store, ...lines), [100, 100, 100])
    },
  )
}
