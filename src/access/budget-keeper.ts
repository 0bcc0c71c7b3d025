import type {
  BudgetLimits,
  BudgetLine,
  BudgetRefusal,
  BudgetRequest,
  BudgetSettlement,
  BudgetSpent,
  BudgetStore,
  Clock,
  TenantSettings,
  Timer,
} from '../contracts/index.ts'
import { LimitReached } from '../errors/index.ts'
import { type BudgetPeriods, periodsAt } from './budget-periods.ts'
import type { Identity } from './identity.ts'

interface BudgetKeeperOptions {
  readonly store: BudgetStore
  readonly clock: Pick<Clock, 'now'>
  readonly timer: Timer
  readonly tenants: Readonly<Record<string, Pick<TenantSettings, 'budgets'>>>
  /** Budgets of routes, by name. */
  readonly routes: Readonly<Record<string, BudgetLimits>>
  /** What becomes of calls with a budget while the store is away: refused with `storage_failed`, or made and counted later. */
  readonly whenAway: 'refuse' | 'allow'
  /** Told when the store fails, once until it works again. */
  readonly onFailure?: (error: unknown) => void
}

/** What was set aside for a call. Settled once, whatever comes of the call. */
export interface BudgetReservation {
  readonly lines: readonly BudgetLine[]
  /** What the store has counted for it; 0 where it was away. */
  readonly reservedMicroUsd: number
}

interface Waiting extends BudgetRequest {
  readonly granted: (reservation: BudgetReservation) => void
  readonly refused: (error: unknown) => void
}

/** Requests in one transaction; what waits beyond it goes into the next. */
const MOST_A_BATCH = 256
const RETRY_MS = 1000
/** Periods are kept for so long after their end. */
const KEPT_MS = 40 * 86_400_000
const MICRO = 1_000_000

/**
 * Budgets of tenants, keys and routes, by day and by month. What is under way counts with its estimate, so that never more
 * is spent than the limit and what the calls under way cost beyond their estimates.
 *
 * Requests and settlements that come while the store is at work, or within one turn of the event loop, share a transaction.
 */
export class BudgetKeeper {
  readonly #options: BudgetKeeperOptions
  #periods: BudgetPeriods
  #waiting: Waiting[] = []
  #settlements = new Map<string, BudgetSettlement>()
  readonly #settled = new WeakSet<BudgetReservation>()
  #running: Promise<void> | undefined
  #isScheduled = false
  #isAway = false
  #cleanedDay = ''
  #cancelRetry: (() => void) | undefined

  constructor(options: BudgetKeeperOptions) {
    this.#options = options
    this.#periods = periodsAt(options.clock.now())
  }

  /**
   * Sets the estimate aside in every budget that the call counts against, or in none.
   * @param route the route that was chosen or named, if any
   * @param estimateMicroUsd about what the call will cost, in millionths of a US dollar, 0 or more
   * @returns undefined at once where no budget is touched
   * @throws LimitReached `budget_exceeded` with the time after which there is room
   * @throws StrataError `storage_failed`, as a rejection too, while the store is away and calls are to be refused then
   */
  reserve(
    identity: Identity,
    route: string | null,
    estimateMicroUsd: number,
  ): Promise<BudgetReservation> | undefined {
    const tenant = this.#options.tenants[identity.tenant]?.budgets
    const ofRoute = route === null ? undefined : this.#options.routes[route]
    const isTouched = hasLimit(tenant) || hasLimit(identity.budgets) || hasLimit(ofRoute)
    if (!isTouched) return undefined
    this.#moveOn()
    const lines: BudgetLine[] = []
    this.#addLines(lines, `tenant:${identity.tenant}`, tenant)
    this.#addLines(lines, `key:${identity.keyId}`, identity.budgets)
    this.#addLines(lines, `route:${route}`, ofRoute)
    const estimate = Math.ceil(estimateMicroUsd)
    return new Promise((granted, refused) => {
      this.#waiting.push({ lines, estimateMicroUsd: estimate, granted, refused })
      this.#schedule()
    })
  }

  /** Counts what the call cost in the place of the estimate; a second time does nothing. */
  settle(reservation: BudgetReservation, actualMicroUsd: number): void {
    if (this.#settled.has(reservation)) return
    this.#settled.add(reservation)
    const difference = Math.ceil(actualMicroUsd) - reservation.reservedMicroUsd
    if (difference === 0) return
    for (const { subject, period, endsAt } of reservation.lines) {
      this.#add({ subject, period, endsAt, differenceMicroUsd: difference })
    }
    this.#settleSoon()
  }

  /** What has been spent of the budgets of an identity and a route in the present day and month. */
  async spent(identity: Identity, route: string | null): Promise<readonly (BudgetLine & BudgetSpent)[]> {
    this.#moveOn()
    const lines: BudgetLine[] = []
    this.#addLines(lines, `tenant:${identity.tenant}`, this.#options.tenants[identity.tenant]?.budgets)
    this.#addLines(lines, `key:${identity.keyId}`, identity.budgets)
    if (route !== null) this.#addLines(lines, `route:${route}`, this.#options.routes[route])
    const spent = await this.#options.store.spent(lines)
    return lines.map((line, index) => ({ ...line, ...(spent[index] as BudgetSpent) }))
  }

  /** Writes the settlements that wait; what waits for a grant is answered first. */
  async close(): Promise<void> {
    while (this.#running || this.#isScheduled || this.#waiting.length > 0) {
      await (this.#running ?? new Promise<void>((resolve) => setImmediate(resolve)))
    }
    if (this.#settlements.size > 0) await this.#run()
    this.#cancelRetry?.()
  }

  #addLines(lines: BudgetLine[], subject: string, limits: BudgetLimits | undefined): void {
    if (limits === undefined) return
    const { day, month } = this.#periods
    for (const [usd, { name: period, endsAt }] of [
      [limits.dailyUsd, day],
      [limits.monthlyUsd, month],
    ] as const) {
      if (usd !== undefined) lines.push({ subject, period, endsAt, limitMicroUsd: Math.round(usd * MICRO) })
    }
  }

  #moveOn(): void {
    const now = this.#options.clock.now()
    if (now >= this.#periods.day.endsAt) this.#periods = periodsAt(now)
  }

  #add(settlement: BudgetSettlement): void {
    const key = `${settlement.period} ${settlement.subject}`
    const known = this.#settlements.get(key)?.differenceMicroUsd ?? 0
    const differenceMicroUsd = known + settlement.differenceMicroUsd
    this.#settlements.set(key, { ...settlement, differenceMicroUsd })
  }

  #schedule(): void {
    if (this.#isScheduled || this.#running) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#running = this.#run().finally(() => {
        this.#running = undefined
        if (this.#waiting.length > 0) this.#schedule()
        else if (this.#settlements.size > 0) this.#settleSoon()
      })
    })
  }

  #settleSoon(): void {
    if (!this.#isAway) {
      this.#schedule()
      return
    }
    this.#cancelRetry ??= this.#options.timer(() => {
      this.#cancelRetry = undefined
      this.#schedule()
    }, RETRY_MS)
  }

  async #run(): Promise<void> {
    const batch = this.#waiting.splice(0, MOST_A_BATCH)
    const settlements = [...this.#settlements.values()]
    this.#settlements.clear()
    let refusals: readonly (BudgetRefusal | null)[]
    try {
      refusals = await this.#options.store.apply(settlements, batch)
      this.#isAway = false
    } catch (error) {
      this.#failed(error, settlements, batch)
      return
    }
    for (const [index, { lines, estimateMicroUsd, granted, refused }] of batch.entries()) {
      const refusal = refusals[index] ?? null
      if (refusal === null) granted({ lines, reservedMicroUsd: estimateMicroUsd })
      else refused(this.#exceeded(refusal, estimateMicroUsd))
    }
    await this.#clean()
  }

  #failed(error: unknown, settlements: readonly BudgetSettlement[], batch: readonly Waiting[]): void {
    if (!this.#isAway) this.#options.onFailure?.(error)
    this.#isAway = true
    // The store may have done it before the connection broke. To give back twice would break the promise; to count twice
    // does not, so what would be given back is counted as spent.
    for (const settlement of settlements) if (settlement.differenceMicroUsd > 0) this.#add(settlement)
    for (const { lines, granted, refused } of batch) {
      if (this.#options.whenAway === 'allow') granted({ lines, reservedMicroUsd: 0 })
      else refused(error)
    }
  }

  #exceeded({ line, spentMicroUsd }: BudgetRefusal, estimateMicroUsd: number): LimitReached {
    const { subject, period, endsAt, limitMicroUsd } = line
    const waitMs = Math.max(0, endsAt - this.#options.clock.now())
    const left = Math.max(0, limitMicroUsd - spentMicroUsd)
    const until = new Date(endsAt).toISOString()
    return new LimitReached(
      'budget_exceeded',
      `The budget of ${subject.replace(':', ' ')} for ${period} is ${dollars(limitMicroUsd)}; ${dollars(left)} of it are left and ` +
        `the call is estimated at ${dollars(estimateMicroUsd)}. It is full again at ${until}.`,
      waitMs,
      [{ path: subject, message: `resets at ${until}`, got: dollars(spentMicroUsd) }],
    )
  }

  async #clean(): Promise<void> {
    const { name, endsAt } = this.#periods.day
    if (this.#cleanedDay === name) return
    this.#cleanedDay = name
    try {
      await this.#options.store.deleteEndedBefore(endsAt - KEPT_MS)
    } catch (error) {
      this.#options.onFailure?.(error)
    }
  }
}

const hasLimit = (limits: BudgetLimits | undefined): boolean =>
  limits?.dailyUsd !== undefined || limits?.monthlyUsd !== undefined

/** `$0.0123`, to a millionth where that says more. */
function dollars(microUsd: number): string {
  return `$${(microUsd / MICRO).toFixed(6).replace(/0{1,4}$/, '')}`
}
