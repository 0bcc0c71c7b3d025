const MINUTE_MS = 60_000

/**
 * A token bucket that holds what a minute allows and fills evenly. It may go below empty, by what a request took beyond
 * its estimate; that is filled up first.
 */
export class MinuteBucket {
  /** What it holds when full, and gains in a minute; above 0. */
  readonly perMinute: number
  #level: number
  #atMs: number

  constructor(perMinute: number, nowMs: number) {
    this.perMinute = perMinute
    this.#level = perMinute
    this.#atMs = nowMs
  }

  /** How long until there is room for so much; 0: now. More than a minute allows has room where the bucket is full. */
  waitMs(wanted: number, nowMs: number): number {
    this.#level = Math.min(this.perMinute, this.#level + ((nowMs - this.#atMs) * this.perMinute) / MINUTE_MS)
    this.#atMs = nowMs
    const missing = Math.min(wanted, this.perMinute) - this.#level
    return missing <= 0 ? 0 : (missing * MINUTE_MS) / this.perMinute
  }

  /** Takes so much, whether it is there or not; gives back where that is below 0. */
  take(amount: number): void {
    this.#level = Math.min(this.perMinute, this.#level - amount)
  }
}
