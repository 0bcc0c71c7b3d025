import type { Evaluation } from '../../contracts/index.ts'
import { calibrationErrorByChance } from '../../core/evaluation/calibration-error.ts'
import { percent } from '../text-layout.ts'

const SEED = 1
/** Confidences drawn in all: the mean of one draw of thousands of rows is as steady as that of hundreds of a few rows. */
const DRAWN = 40_000
/** Above, chance gives less than a point. */
const MOST_ROWS = 10_000
const FEW_ROWS = 1_000

/** What chance alone does to the calibration error of this evaluation, in words. */
export function chanceInEvaluation({ reliability }: Evaluation): string {
  const rows = reliability.reduce((sum, { count }) => sum + count, 0)
  if (rows > MOST_ROWS) return '0 is perfect'
  const confidences = reliability.flatMap(({ confidence, count }) => Array<number>(count).fill(confidence))
  return `chance alone gives about ${byChance(confidences)} on ${amount(rows)}`
}

/**
 * The same for a fit, of whose held-out examples only accuracy and number are known. At that accuracy chance does most
 * when every confidence equals it, so this is a bound.
 */
export function chanceInFit(accuracy: number, examples: number): string {
  if (examples > MOST_ROWS) return '0 is perfect'
  // Equal confidences would share one accuracy; a hair apart they are binned as different ones are.
  const confidences = Array.from({ length: examples }, (_, row) => accuracy * (1 - row * 1e-9))
  return `chance alone gives up to about ${byChance(confidences)} on ${amount(examples)}`
}

function byChance(confidences: readonly number[]): string {
  const draws = Math.ceil(DRAWN / confidences.length)
  return percent(calibrationErrorByChance(confidences, SEED, Math.min(400, draws)))
}

const amount = (rows: number): string => (rows < FEW_ROWS ? 'so few' : 'so many')
