/** How much a bucket holds, and how fast it fills. */
export interface TokenBucketOptions {
  /** The most it holds, above 0; what it holds at first. */
  readonly capacity: number
  /** How fast it fills, 0 or more. */
  readonly perSecond: number
}

/**
 * A rate with bursts: over any stretch of time no more is taken than what it holds and what flows in. Knows no clock;
 * times are milliseconds of any one monotonic clock. Constant time and size.
 */
export class TokenBucket {
  readonly #capacity: number
  readonly #perMs: number
  #level: number
  #atMs: number | undefined

  /** A full bucket. */
  constructor({ capacity, perSecond }: TokenBucketOptions) {
    this.#capacity = capacity
    this.#perMs = perSecond / 1000
    this.#level = capacity
  }

  /**
   * A bucket that lets no more than `limit` through in any minute, where a plain one with that capacity lets through
   * twice as much in its first. A tenth of the limit, at least 1, may come at once.
   * @param limit above 0
   */
  static withinMinute(limit: number): TokenBucket {
    const capacity = Math.max(1, limit / 10)
    return new TokenBucket({ capacity, perSecond: Math.min(limit, limit + 1 - capacity) / 60 })
  }

  get capacity(): number {
    return this.#capacity
  }

  /** What there is to take; below 0 while what was used beyond what was reserved is paid back. */
  level(nowMs: number): number {
    if (this.#atMs !== undefined && nowMs > this.#atMs) {
      this.#level = Math.min(this.#capacity, this.#level + (nowMs - this.#atMs) * this.#perMs)
    }
    if (this.#atMs === undefined || nowMs > this.#atMs) this.#atMs = nowMs
    return this.#level
  }

  /** Takes all of it or nothing. More than the capacity is never there. */
  take(amount: number, nowMs: number): boolean {
    // So that what is not a number is never taken.
    if (!(this.level(nowMs) >= amount)) return false
    this.#level -= amount
    return true
  }

  /** Puts right what was taken by estimate: gives back what was not used, takes what was used beyond it. */
  settle(reserved: number, used: number, nowMs: number): void {
    this.#level = Math.min(this.#capacity, this.level(nowMs) + reserved - used)
  }

  /** Adds what something else earned; what does not fit is lost. */
  add(amount: number, nowMs: number): void {
    this.#level = Math.min(this.#capacity, this.level(nowMs) + amount)
  }

  /** Until so much is there: 0 now, Infinity never. */
  msUntil(amount: number, nowMs: number): number {
    const missing = amount - this.level(nowMs)
    if (missing <= 0) return 0
    return amount > this.#capacity || this.#perMs === 0 ? Infinity : missing / this.#perMs
  }
}
