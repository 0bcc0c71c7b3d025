import type {
  Clock,
  Timer,
  TokenUsage,
  UsageQuery,
  UsageRow,
  UsageStore,
  UsageTotal,
} from '../contracts/index.ts'
import { type BudgetPeriods, periodsAt } from './budget-periods.ts'
import type { Identity } from './identity.ts'
import { queryUsage } from './query-usage.ts'

interface UsageBookOptions {
  readonly store: UsageStore
  readonly clock: Pick<Clock, 'now'>
  readonly timer: Timer
  /** Days that are kept; older ones are deleted. */
  readonly daysKept: number
  /** Told when the store fails, once until it works again. */
  readonly onFailure?: (error: unknown) => void
  /** Told of requests that found no room, so that somebody counts them. */
  readonly onDropped?: (requests: number) => void
}

/** A call that has ended. */
export interface UsedCall {
  readonly route: string | null
  readonly provider: string
  /** As it is configured. */
  readonly model: string
  readonly usage?: TokenUsage | undefined
  /** In millionths of a US dollar, with fractions; null where the model has no price. */
  readonly costMicroUsd: number | null
}

type Sums = { -readonly [Name in keyof UsageTotal]: UsageTotal[Name] }

const FLUSH_MS = 1000
const MOST_LINES = 10_000
/** A line with its names, about. */
const LINE_BYTES = 400
const DAY_MS = 86_400_000

/**
 * Adds calls up by day, tenant, key, route, provider and model, and writes the sums a second later. A store that is away
 * costs no call; what does not fit into memory meanwhile is dropped and counted.
 */
export class UsageBook {
  readonly #options: UsageBookOptions
  #lines = new Map<string, Sums>()
  #periods: BudgetPeriods
  #running: Promise<void> | undefined
  #cancel: (() => void) | undefined
  #isAway = false
  #cleanedDay = ''

  constructor(options: UsageBookOptions) {
    this.#options = options
    this.#periods = periodsAt(options.clock.now())
  }

  /** Memory of what waits to be written, about. */
  get bytes(): number {
    return this.#lines.size * LINE_BYTES
  }

  /** Adds a call; under a microsecond. */
  record({ tenant, keyId }: Identity, { route, provider, model, usage, costMicroUsd }: UsedCall): void {
    const now = this.#options.clock.now()
    if (now >= this.#periods.day.endsAt) this.#periods = periodsAt(now)
    const day = this.#periods.day.name
    const lineKey = `${day}\n${tenant}\n${keyId}\n${route}\n${provider}\n${model}`
    let line = this.#lines.get(lineKey)
    if (line === undefined) {
      if (this.#lines.size >= MOST_LINES) {
        this.#options.onDropped?.(1)
        return
      }
      line = { ...NO_SUMS, day, tenant, key: keyId ?? '', route: route ?? '', provider, model }
      this.#lines.set(lineKey, line)
    }
    line.requests++
    if (costMicroUsd === null) line.unpricedRequests++
    else line.costMicroUsd += costMicroUsd
    if (usage) {
      line.inputTokens += usage.inputTokens
      line.cachedInputTokens += usage.cachedInputTokens
      line.cacheWriteTokens += usage.cacheWriteTokens
      line.outputTokens += usage.outputTokens
      line.reasoningTokens += usage.reasoningTokens
    }
    this.#cancel ??= this.#options.timer(() => this.#flushNow(), FLUSH_MS)
  }

  /** The sums that were written, and those that waited. @throws StrataError `storage_failed`, `invalid_request` */
  async query(query: UsageQuery): Promise<readonly UsageRow[]> {
    await this.flush()
    return queryUsage(this.#options.store, query)
  }

  /** Writes what waits; what cannot be written waits on. */
  async flush(): Promise<void> {
    await this.#running
    this.#flushNow()
    await this.#running
  }

  /** Writes what waits, and counts as dropped what cannot be written. */
  async close(): Promise<void> {
    await this.flush()
    this.#cancel?.()
    const lost = [...this.#lines.values()].reduce((sum, { requests }) => sum + requests, 0)
    if (lost > 0) this.#options.onDropped?.(lost)
  }

  #flushNow(): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (this.#running || this.#lines.size === 0) return
    this.#running = this.#write().finally(() => {
      this.#running = undefined
      if (this.#lines.size > 0) this.#cancel ??= this.#options.timer(() => this.#flushNow(), FLUSH_MS)
    })
  }

  async #write(): Promise<void> {
    const lines = this.#lines
    this.#lines = new Map()
    try {
      await this.#options.store.add([...lines.values()].map(inWholeMicros))
      this.#isAway = false
    } catch (error) {
      if (!this.#isAway) this.#options.onFailure?.(error)
      this.#isAway = true
      this.#putBack(lines)
      return
    }
    await this.#clean()
  }

  #putBack(lines: ReadonlyMap<string, Sums>): void {
    let dropped = 0
    for (const [key, line] of lines) {
      const newer = this.#lines.get(key)
      if (newer) addTo(newer, line)
      else if (this.#lines.size < MOST_LINES) this.#lines.set(key, line)
      else dropped += line.requests
    }
    if (dropped > 0) this.#options.onDropped?.(dropped)
  }

  async #clean(): Promise<void> {
    const { name, endsAt } = this.#periods.day
    if (this.#cleanedDay === name) return
    this.#cleanedDay = name
    const oldestKept = periodsAt(endsAt - this.#options.daysKept * DAY_MS).day.name
    try {
      await this.#options.store.deleteBefore(oldestKept)
    } catch (error) {
      this.#options.onFailure?.(error)
    }
  }
}

const NO_SUMS = {
  requests: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  costMicroUsd: 0,
  unpricedRequests: 0,
}

/** Rounded here, as many calls cost less than a millionth of a dollar. */
const inWholeMicros = (sums: Sums): UsageTotal => ({ ...sums, costMicroUsd: Math.round(sums.costMicroUsd) })

const SUM_NAMES = Object.keys(NO_SUMS) as (keyof typeof NO_SUMS)[]

function addTo(sums: Sums, more: Sums): void {
  for (const name of SUM_NAMES) sums[name] += more[name]
}
