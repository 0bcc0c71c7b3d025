import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BudgetLimits, BudgetStore } from '../contracts/index.ts'
import { LimitReached, StrataError } from '../errors/index.ts'
import { ManualTime, settled } from '../execution/manual-time.ts'
import { openStores, type Stores } from '../stores/index.ts'
import { BudgetKeeper, type BudgetReservation } from './budget-keeper.ts'
import { ANYONE, type Identity, identityOf } from './identity.ts'

const DAY_MS = 86_400_000

let time: ManualTime
let stores: Stores

beforeEach(async () => {
  time = new ManualTime()
  stores = await openStores('sqlite:file:budgets?mode=memory&cache=shared', { clock: time, versionsKept: 1 })
})
afterEach(() => stores.close())

interface Given {
  readonly tenant?: BudgetLimits
  readonly routes?: Readonly<Record<string, BudgetLimits>>
  readonly whenAway?: 'refuse' | 'allow'
  readonly store?: BudgetStore
  readonly onFailure?: (error: unknown) => void
}

const keeperOf = ({ tenant, routes = {}, whenAway = 'refuse', store = stores.budgets, onFailure }: Given) =>
  new BudgetKeeper({
    store,
    clock: time,
    timer: time.timer,
    tenants: tenant ? { acme: { budgets: tenant } } : {},
    routes,
    whenAway,
    ...(onFailure ? { onFailure } : {}),
  })

const keyWith = (budgets: BudgetLimits = {}, id = 'key_1'): Identity =>
  identityOf({ id, name: 'n', tenant: 'acme', scopes: ['execute'], expiresAt: null, budgets })

const outcomeOf = (reserving: Promise<BudgetReservation> | undefined) =>
  (reserving as Promise<BudgetReservation>).then(
    (reservation) => reservation,
    (error: unknown) => error,
  )

describe('a call without a budget', () => {
  it('costs nothing: neither a promise nor a look at the store', () => {
    const keeper = keeperOf({ routes: { billing: { dailyUsd: 1 } }, store: undefined as never })
    expect(keeper.reserve(ANYONE, null, 5)).toBe(undefined)
    expect(keeper.reserve(keyWith(), 'other', 5)).toBe(undefined)
    expect(keeper.reserve(keyWith({}), 'constructor', 5)).toBe(undefined)
  })
})

describe('a budget', () => {
  it('grants estimates up to its limit, then says when it is full again', async () => {
    const keeper = keeperOf({ tenant: { dailyUsd: 0.01 } })
    await keeper.reserve(keyWith(), null, 9_999.5)
    const error = await outcomeOf(keeper.reserve(keyWith(), null, 1))
    expect(error).toBeInstanceOf(LimitReached)
    expect(error).toMatchObject({ code: 'budget_exceeded', status: 402, retryAfterMs: DAY_MS - 1000 })
    expect((error as LimitReached).message).toMatch(
      /tenant acme for 2026-01-01 is \$0\.01; \$0\.00 of it are left.*\$0\.000001.*2026-01-02T00:00:00\.000Z/,
    )
    await keeper.close()
  })

  it('has room for what turned out cheaper, none for what turned out dearer', async () => {
    const keeper = keeperOf({ tenant: { dailyUsd: 0.0001 } })
    const first = (await keeper.reserve(keyWith(), null, 100)) as BudgetReservation
    keeper.settle(first, 40)
    keeper.settle(first, 0)
    const second = (await keeper.reserve(keyWith(), null, 60)) as BudgetReservation
    keeper.settle(second, 75)
    expect(await outcomeOf(keeper.reserve(keyWith(), null, 0))).toBeInstanceOf(LimitReached)
    expect(await keeper.spent(keyWith(), null)).toMatchObject([
      { subject: 'tenant:acme', period: '2026-01-01', limitMicroUsd: 100, spentMicroUsd: 115 },
    ])
    await keeper.close()
  })

  it('of the tenant, the key and the route counts each call, or none of them does', async () => {
    const routes = { billing: { monthlyUsd: 0.0003 } }
    const keeper = keeperOf({ tenant: { dailyUsd: 1, monthlyUsd: 2 }, routes })
    const key = keyWith({ dailyUsd: 0.0002 })
    await keeper.reserve(key, 'billing', 150)
    expect(await outcomeOf(keeper.reserve(key, 'billing', 60))).toMatchObject({
      message: expect.stringMatching(/budget of key key_1/),
    })
    expect(await outcomeOf(keeper.reserve(keyWith({}, 'key_2'), 'billing', 160))).toMatchObject({
      message: expect.stringMatching(/budget of route billing for 2026-01 /),
      retryAfterMs: 31 * DAY_MS - 1000,
    })
    expect(
      (await keeper.spent(key, 'billing')).map((line) => [line.subject, line.period, line.spentMicroUsd]),
    ).toEqual([
      ['tenant:acme', '2026-01-01', 150],
      ['tenant:acme', '2026-01', 150],
      ['key:key_1', '2026-01-01', 150],
      ['route:billing', '2026-01', 150],
    ])
    await keeper.close()
  })

  it('is full again in the next period, where what began before is settled in its own', async () => {
    const keeper = keeperOf({ tenant: { dailyUsd: 0.0001, monthlyUsd: 1 } })
    const late = (await keeper.reserve(keyWith(), null, 100)) as BudgetReservation
    await time.advance(DAY_MS)
    await keeper.reserve(keyWith(), null, 100)
    keeper.settle(late, 10)
    expect(await outcomeOf(keeper.reserve(keyWith(), null, 1))).toBeInstanceOf(LimitReached)
    expect((await keeper.spent(keyWith(), null)).map(({ spentMicroUsd }) => spentMicroUsd)).toEqual([
      100, 110,
    ])
    await keeper.close()
  })

  it('is asked once for all calls of a turn', async () => {
    let transactions = 0
    const { budgets } = stores
    const keeper = keeperOf({
      tenant: { dailyUsd: 0.0001 },
      store: {
        apply: (...given) => {
          transactions++
          return budgets.apply(...given)
        },
        spent: (lines) => budgets.spent(lines),
        deleteEndedBefore: (at) => budgets.deleteEndedBefore(at),
      },
    })
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, () => outcomeOf(keeper.reserve(keyWith(), null, 1))),
    )
    expect(outcomes.filter((outcome) => outcome instanceof LimitReached)).toHaveLength(100)
    expect(transactions).toBe(1)
    await keeper.close()
  })
})

describe('while the store is away', () => {
  const flaky = () => {
    const { budgets } = stores
    const state = { isAway: false }
    const store: BudgetStore = {
      async apply(...given) {
        if (state.isAway) throw new StrataError('storage_failed', 'gone')
        return budgets.apply(...given)
      },
      spent: (lines) => budgets.spent(lines),
      deleteEndedBefore: (at) => budgets.deleteEndedBefore(at),
    }
    return { state, store }
  }
  const spentOf = async (keeper: BudgetKeeper) => (await keeper.spent(keyWith(), null))[0]?.spentMicroUsd

  it('calls with a budget are refused unless configured otherwise, others are not', async () => {
    const { state, store } = flaky()
    const failures: unknown[] = []
    const keeper = keeperOf({ tenant: { dailyUsd: 1 }, store, onFailure: (error) => failures.push(error) })
    state.isAway = true
    for (let call = 0; call < 3; call++) {
      expect(await outcomeOf(keeper.reserve(keyWith(), null, 1))).toMatchObject({
        code: 'storage_failed',
        status: 503,
      })
    }
    expect(keeper.reserve(ANYONE, null, 1)).toBe(undefined)
    expect(failures).toHaveLength(1)
    state.isAway = false
    await keeper.reserve(keyWith(), null, 1)
    await keeper.close()
  })

  it('calls that are allowed then are counted in full once it is back', async () => {
    const { state, store } = flaky()
    const keeper = keeperOf({ tenant: { dailyUsd: 1 }, store, whenAway: 'allow' })
    state.isAway = true
    const reservation = (await keeper.reserve(keyWith(), null, 500)) as BudgetReservation
    keeper.settle(reservation, 300)
    await time.advance(5000)
    expect(await spentOf(keeper)).toBe(0)
    state.isAway = false
    await time.advance(1000)
    expect(await spentOf(keeper)).toBe(300)
    await keeper.close()
  })

  it('what would be given back stays spent, as the store may have given it back already', async () => {
    const { state, store } = flaky()
    const keeper = keeperOf({ tenant: { dailyUsd: 1 }, store })
    const cheaper = (await keeper.reserve(keyWith(), null, 500)) as BudgetReservation
    await settled()
    state.isAway = true
    keeper.settle(cheaper, 100)
    await time.advance(5000)
    state.isAway = false
    await keeper.reserve(keyWith(), null, 1)
    expect(await spentOf(keeper)).toBe(501)
    await keeper.close()
    expect(time.alarms).toBe(0)
  })
})

/** What a call may do next, by chance. */
const step = fc.record({
  key: fc.constantFrom('key_1', 'key_2'),
  route: fc.constantFrom(null, 'billing', 'support'),
  estimate: fc.integer({ min: 0, max: 60 }),
  actual: fc.integer({ min: 0, max: 120 }),
  /** How many calls that are under way end before. */
  ending: fc.integer({ min: 0, max: 3 }),
})

describe('whatever calls come and go', () => {
  it('spent is what they cost and what those under way are estimated at, within the limit when one is granted', async () => {
    const limits = { tenant: { dailyUsd: 0.0003 }, routes: { billing: { dailyUsd: 0.0001 } } }
    const limitOf: Record<string, number> = { 'tenant:acme': 300, 'route:billing': 100, 'key:key_1': 150 }
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        // Another day, as the store is the same.
        run++
        await time.advance(DAY_MS)
        const keeper = keeperOf(limits)
        const expected = new Map(Object.keys(limitOf).map((subject) => [subject, 0]))
        const addTo = (subjects: readonly string[], amount: number) => {
          for (const subject of subjects) expected.set(subject, (expected.get(subject) ?? 0) + amount)
        }
        const underWay: { reservation: BudgetReservation; actual: number }[] = []
        for (const { key, route, estimate, actual, ending } of steps) {
          for (const { reservation, actual } of underWay.splice(0, ending)) {
            keeper.settle(reservation, actual)
            addTo(
              reservation.lines.map(({ subject }) => subject),
              actual - reservation.reservedMicroUsd,
            )
          }
          const identity = key === 'key_1' ? keyWith({ dailyUsd: 0.00015 }) : keyWith({}, key)
          const subjects = ['tenant:acme', `key:${key}`, `route:${route}`].filter((name) => name in limitOf)
          const hasRoom = subjects.every(
            (subject) => (expected.get(subject) as number) + estimate <= (limitOf[subject] as number),
          )
          const outcome = await outcomeOf(keeper.reserve(identity, route, estimate))
          expect(outcome instanceof LimitReached).toBe(!hasRoom)
          if (!hasRoom) continue
          addTo(subjects, estimate)
          underWay.push({ reservation: outcome as BudgetReservation, actual })
        }
        await keeper.close()
        const spent = await keeperOf(limits).spent(keyWith({ dailyUsd: 0.00015 }), 'billing')
        expect(new Map(spent.map(({ subject, spentMicroUsd }) => [subject, spentMicroUsd]))).toEqual(expected)
      }),
      { numRuns: 60 },
    )
    expect(run).toBeGreaterThanOrEqual(60)
  })
})
