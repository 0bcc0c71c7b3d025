/** Percentiles of many durations, in the unit that they were given in. */
interface Percentiles {
  readonly count: number
  readonly p50: number
  readonly p99: number
}

export function percentilesOf(durations: readonly number[]): Percentiles {
  const sorted = Float64Array.from(durations).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return { count: sorted.length, p50: at(0.5), p99: at(0.99) }
}
