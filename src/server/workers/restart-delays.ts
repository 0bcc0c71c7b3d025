const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 30_000
/** Who has served for this long has not died of how it starts. */
const STEADY_MS = 60_000

/** How long to wait before another worker takes the place of one that has died: nothing at first, then ever longer. */
export class RestartDelays {
  #deaths = 0

  /**
   * Milliseconds, 0 to 30,000, twice as many at each death.
   * @param servedMs how long the worker that died had served; 0 if it died before that
   */
  next(servedMs: number): number {
    if (servedMs >= STEADY_MS) this.#deaths = 0
    const delayMs =
      this.#deaths === 0 ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (this.#deaths - 1))
    this.#deaths++
    return delayMs
  }
}
