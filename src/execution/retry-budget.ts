import { TokenBucket } from './token-bucket.ts'

/** How many repetitions are granted. */
export interface RetryBudgetOptions {
  /** Retries that each success pays for, such as 0.2. */
  readonly ratio: number
  /** Retries a second that are there without any success, so that a quiet provider is retried too. */
  readonly minPerSecond: number
  /** The most that is saved up, and there at first. */
  readonly maxSaved: number
}

/**
 * How many retries all calls of a provider have between them, so that one that is failing is not hammered: in any stretch
 * of time at most `maxSaved + ratio × successes + minPerSecond × seconds`.
 * @see Finagle's `RetryBudget`, which works by the same sum
 */
export class RetryBudget {
  readonly #bucket: TokenBucket
  readonly #ratio: number

  /** A budget that begins full. */
  constructor({ ratio, minPerSecond, maxSaved }: RetryBudgetOptions) {
    this.#bucket = new TokenBucket({ capacity: maxSaved, perSecond: minPerSecond })
    this.#ratio = ratio
  }

  /** Tells that a call was answered, which grants a part of a repetition. */
  succeeded(nowMs: number): void {
    this.#bucket.add(this.#ratio, nowMs)
  }

  /** Pays for one retry; false where there is nothing to pay with. */
  take(nowMs: number): boolean {
    return this.#bucket.take(1, nowMs)
  }
}
