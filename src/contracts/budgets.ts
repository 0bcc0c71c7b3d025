/** One budget that a call counts against, in one period. Amounts are integers, in millionths of a US dollar. */
export interface BudgetLine {
  /** `tenant:NAME`, `key:ID` or `route:NAME`. */
  readonly subject: string
  /** A day such as `2026-11-24` or a month such as `2026-11`, of UTC. */
  readonly period: string
  /** When the period ends, milliseconds since the epoch. */
  readonly endsAt: number
  readonly limitMicroUsd: number
}

/** A call that is about to be made, with what it will cost about. */
export interface BudgetRequest {
  /** Every budget that it counts against. */
  readonly lines: readonly BudgetLine[]
  /** 0 or more. */
  readonly estimateMicroUsd: number
}

/** What is added to what was spent, once it is known what a call cost: actual less estimate. */
export interface BudgetSettlement {
  readonly subject: string
  readonly period: string
  readonly endsAt: number
  readonly differenceMicroUsd: number
}

/** The budget that had too little left for a call. */
export interface BudgetRefusal {
  readonly line: BudgetLine
  readonly spentMicroUsd: number
}

/** What was spent in one period. */
export interface BudgetSpent {
  readonly subject: string
  readonly period: string
  readonly spentMicroUsd: number
}

/** Keeps what was spent of budgets, for all processes. Every method may throw `storage_failed`. */
export interface BudgetStore {
  /**
   * Settles calls that ended, then takes requests one after the other, all in one transaction. A request is granted when
   * each of its lines has room for its estimate, which is then spent there; otherwise nothing of it is.
   * @returns for each request the first line without room; null where it was granted
   */
  apply(
    settlements: readonly BudgetSettlement[],
    requests: readonly BudgetRequest[],
  ): Promise<readonly (BudgetRefusal | null)[]>
  /** What was spent of these; 0 where nothing was. */
  spent(lines: readonly Pick<BudgetLine, 'subject' | 'period'>[]): Promise<readonly BudgetSpent[]>
  /** Deletes periods that ended before that, milliseconds since the epoch. */
  deleteEndedBefore(at: number): Promise<void>
}

/** What calls are added up by. */
export type UsageDimension = 'day' | 'tenant' | 'key' | 'route' | 'provider' | 'model'

/** Sums of calls: integers of 0 or more. */
export interface UsageSums {
  readonly requests: number
  /** All that was read, the two below included. */
  readonly inputTokens: number
  readonly cachedInputTokens: number
  readonly cacheWriteTokens: number
  /** All that was written, reasoning included. */
  readonly outputTokens: number
  readonly reasoningTokens: number
  readonly costMicroUsd: number
  /** Requests of models without a price, which add nothing to the cost. */
  readonly unpricedRequests: number
}

/** What is known of calls that belong together. Empty where there is none: no key needed, no route chosen. */
interface UsageKey {
  /** Of UTC, such as `2026-11-24`. */
  readonly day: string
  readonly tenant: string
  /** The id of the key. */
  readonly key: string
  readonly route: string
  readonly provider: string
  /** As it is configured. */
  readonly model: string
}

/** The sums of calls that belong together. */
export interface UsageTotal extends UsageKey, UsageSums {}

/** Which calls to sum up, and how. */
export interface UsageQuery {
  /** First day, such as `2026-11-01`. */
  readonly from: string
  /** Last day, included. */
  readonly to: string
  /** What to tell apart; nothing: one sum of all. */
  readonly groupBy: readonly UsageDimension[]
  /** Of one tenant only. */
  readonly tenant?: string
}

/** One line of the answer: what it was grouped by, and the sums. */
export interface UsageRow extends Partial<UsageKey>, UsageSums {}

/** Keeps sums of calls by day, for all processes. Every method may throw `storage_failed`. */
export interface UsageStore {
  /** Adds to what is there, all or nothing; no two of them with the same key. */
  add(totals: readonly UsageTotal[]): Promise<void>
  /** Sums in the order of what they are grouped by, at most `limit`. */
  query(query: UsageQuery, limit: number): Promise<readonly UsageRow[]>
  /** Deletes days before that one. */
  deleteBefore(day: string): Promise<void>
}
