import type { Outcome } from '../../src/core/evaluation/outcome.ts'
import { seededRandom } from '../../src/util/random.ts'

export type Interval = readonly [low: number, high: number]

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

export const share = <T>(items: readonly T[], isCounted: (item: T) => boolean): number =>
  items.filter(isCounted).length / items.length

/**
 * 95% percentile bootstrap over rows of the mean of `measure` over several runs on the same rows (one a seed):
 * each resample takes the same rows from every run.
 */
export function bootstrapInterval(
  runs: readonly (readonly Outcome[])[],
  measure: (outcomes: readonly Outcome[]) => number,
  seed: number,
  resamples = 1000,
): Interval {
  const random = seededRandom(seed)
  const rows = runs[0]!.length
  const values = Array.from({ length: resamples }, () => {
    const places = Int32Array.from({ length: rows }, () => Math.floor(random() * rows))
    return mean(runs.map((run) => measure(Array.from(places, (place) => run[place]!))))
  }).sort((a, b) => a - b)
  return [values[Math.floor(0.025 * resamples)]!, values[Math.ceil(0.975 * resamples) - 1]!]
}

/** Wilson score interval, 95%, of a share of `count` in `of`. @see Wilson, 1927 */
export function wilsonInterval(count: number, of: number): Interval {
  const z = 1.959964
  const p = count / of
  const centre = (p + (z * z) / (2 * of)) / (1 + (z * z) / of)
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of))
  return [Math.max(0, centre - half), Math.min(1, centre + half)]
}

/** The lowest threshold that refuses (confidence below it) no more than `refused` of the confidences given. */
export function thresholdRefusing(refused: number, confidences: readonly number[]): number {
  const sorted = [...confidences].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(refused * sorted.length))]!
}
