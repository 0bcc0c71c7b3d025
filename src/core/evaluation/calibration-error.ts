import { seededRandom } from '../../util/random.ts'
import { type Outcome, tieGroups } from './outcome.ts'

const CALIBRATION_BINS = 15

/** Neighbouring forecasts, and how often they came true. */
interface ReliabilityBin {
  /** Mean confidence, 0..1. */
  readonly confidence: number
  /** Share that was right, 0..1. */
  readonly accuracy: number
  readonly count: number
}

/**
 * Reliability diagram: the outcomes by rising confidence in bins of equal size, give or take one. A group of equal
 * confidences that falls into two bins brings its mean accuracy into both.
 * @returns at most `bins` bins, none empty
 * @see Guo et al., 2017, "On Calibration of Modern Neural Networks"; equal mass: Nguyen & O'Connor, 2015
 */
export function reliabilityBins(outcomes: readonly Outcome[], bins = CALIBRATION_BINS): ReliabilityBin[] {
  const n = outcomes.length
  const sums = Array.from({ length: bins }, () => ({ confidence: 0, right: 0, count: 0 }))
  let index = 0
  for (const group of tieGroups(outcomes).reverse()) {
    const accuracy = group.right / group.count
    const end = index + group.count
    while (index < end) {
      const bin = Math.floor((index * bins) / n)
      const binEnd = Math.ceil(((bin + 1) * n) / bins)
      const count = Math.min(end, binEnd) - index
      const sum = sums[bin]!
      sum.confidence += count * group.confidence
      sum.right += count * accuracy
      sum.count += count
      index += count
    }
  }
  return sums
    .filter(({ count }) => count > 0)
    .map(({ confidence, right, count }) => ({
      confidence: confidence / count,
      accuracy: right / count,
      count,
    }))
}

/** Expected calibration error: the mean distance of confidence from accuracy over the bins, 0..1; null of nothing. */
export function calibrationError(outcomes: readonly Outcome[], bins = CALIBRATION_BINS): number | null {
  if (outcomes.length === 0) return null
  let sum = 0
  for (const { confidence, accuracy, count } of reliabilityBins(outcomes, bins)) {
    sum += count * Math.abs(confidence - accuracy)
  }
  return sum / outcomes.length
}

// Rows drawn in all: the mean of one draw of thousands of rows is as steady as that of hundreds of a few rows.
const ROWS_DRAWN = 40_000
const MOST_DRAWS = 400

/** So many draws of so many rows give chance to about a tenth of a point, in a few milliseconds. */
export const steadyDraws = (rows: number) => Math.min(MOST_DRAWS, Math.ceil(ROWS_DRAWN / Math.max(1, rows)))

/**
 * Expected calibration error that a perfectly calibrated router with these confidences would show by chance alone: the
 * mean over `draws` of outcomes that come true as often as the confidences say; null of nothing.
 * @param confidences each 0..1
 * @remarks O(draws · n log n)
 */
export function calibrationErrorByChance(
  confidences: readonly number[],
  seed: number,
  draws = 100,
): number | null {
  if (confidences.length === 0) return null
  const random = seededRandom(seed)
  let sum = 0
  for (let draw = 0; draw < draws; draw++) {
    sum += calibrationError(
      confidences.map((confidence) => ({ confidence, isRight: random() < confidence })),
    )!
  }
  return sum / draws
}

/** Brier score: the mean squared distance of confidence from what came true, 0..1; null of nothing. */
export function brierScore(outcomes: readonly Outcome[]): number | null {
  if (outcomes.length === 0) return null
  let sum = 0
  // By groups, so that the order of rows does not reach the last bits of the sum.
  for (const { confidence, count, right } of tieGroups(outcomes)) {
    sum += right * (1 - confidence) ** 2 + (count - right) * confidence ** 2
  }
  return sum / outcomes.length
}
