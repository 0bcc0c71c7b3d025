/** What arrives, each to be had once and in order, whether it was asked for before or after. Keeps the last `limit` only. */
export class Arrivals<T> {
  readonly #limit: number
  #unseen: T[] = []
  #waiting: ((item: T) => void)[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  add(item: T): void {
    const taker = this.#waiting.shift()
    if (taker !== undefined) {
      taker(item)
      return
    }
    this.#unseen.push(item)
    if (this.#unseen.length > this.#limit) this.#unseen.shift()
  }

  next(): Promise<T> {
    const item = this.#unseen.shift()
    if (item !== undefined) return Promise.resolve(item)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Forgets what nobody has asked for; whoever waits goes on waiting. */
  clear(): void {
    this.#unseen = []
  }
}
