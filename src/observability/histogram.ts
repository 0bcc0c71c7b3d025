/** Counts in fixed buckets; one observation costs a search over a handful of bounds and allocates nothing. */
export class Histogram {
  readonly #bounds: Float64Array
  /** One count a bucket, not cumulative; the last is for values above every bound. */
  readonly #counts: Float64Array
  #sum = 0

  /** @param bounds upper bounds, inclusive, ascending */
  constructor(bounds: readonly number[]) {
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

  /** Prometheus text of one series, without the HELP and TYPE lines. `labels` such as `operation="route"`. */
  render(name: string, labels: string): string {
    let text = ''
    let cumulative = 0
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      cumulative += this.#counts[bucket] as number
      const bound = bucket < this.#bounds.length ? String(this.#bounds[bucket]) : '+Inf'
      text += `${name}_bucket{${labels}${labels ? ',' : ''}le="${bound}"} ${cumulative}\n`
    }
    const suffix = labels ? `{${labels}}` : ''
    return `${text}${name}_sum${suffix} ${this.#sum}\n${name}_count${suffix} ${cumulative}\n`
  }
}
