/** Counts in fixed buckets; one observation costs a search over a handful of bounds and allocates nothing. */
export class Histogram {
  readonly bounds: readonly number[]
  readonly #bounds: Float64Array
  /** One count a bucket, not cumulative; the last is for values above every bound. */
  readonly #counts: Float64Array
  #sum = 0

  /** @param bounds upper bounds, inclusive, ascending */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.#bounds = Float64Array.from(bounds)
    this.#counts = new Float64Array(bounds.length + 1)
  }

  observe(value: number): void {
    const bounds = this.#bounds
    let bucket = 0
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
    this.#sum += value
  }

  /** As the series of a `MetricFamily` has it: the count of each bucket, then the sum. */
  value(): number[] {
    return [...this.#counts, this.#sum]
  }
}
