import { BudgetKeeper, type BudgetReservation } from '../access/budget-keeper.ts'
import { ANYONE } from '../access/identity.ts'
import { isStrataError } from '../errors/index.ts'
import { openStores } from '../stores/index.ts'

/** What a process of a test is to spend. */
export interface SpendingPlan {
  /** Of the database. */
  readonly address: string
  readonly dailyUsd: number
  readonly calls: number
  /** Calls that are under way at once. */
  readonly atOnce: number
  readonly estimateMicroUsd: number
  readonly actualMicroUsd: number
  /** Whether calls never end, so that nothing is settled. */
  readonly hangs: boolean
}

/** What came of it. */
export interface Spending {
  readonly granted: number
  readonly refused: number
}

// The program of a process that a test starts: its plan comes as its one argument, what came of it goes to standard output.
const plan = JSON.parse(process.argv[2] as string) as SpendingPlan
const clock = { now: () => Date.UTC(2026, 0, 1) }
const stores = await openStores(plan.address, { clock, versionsKept: 1 })
const keeper = new BudgetKeeper({
  store: stores.budgets,
  clock,
  timer: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
  tenants: { default: { budgets: { dailyUsd: plan.dailyUsd } } },
  routes: {},
  whenAway: 'refuse',
})

let left = plan.calls
const counts = { granted: 0, refused: 0 }

async function spend(): Promise<void> {
  while (left > 0) {
    left--
    const reservation = await granted()
    if (reservation === undefined) continue
    await new Promise((resolve) => setImmediate(resolve))
    if (!plan.hangs) keeper.settle(reservation, plan.actualMicroUsd)
  }
}

async function granted(): Promise<BudgetReservation | undefined> {
  try {
    const reservation = await keeper.reserve(ANYONE, null, plan.estimateMicroUsd)
    counts.granted++
    return reservation
  } catch (error) {
    if (!isStrataError(error) || error.code !== 'budget_exceeded') throw error
    counts.refused++
    return undefined
  }
}

await Promise.all(Array.from({ length: plan.atOnce }, spend))
process.stdout.write(JSON.stringify(counts))
if (plan.hangs) process.kill(process.pid, 'SIGKILL')
await keeper.close()
await stores.close()
