import type { Evaluation, FitReport } from '../../contracts/index.ts'
import { calibrationErrorByChance, steadyDraws } from '../../core/evaluation/calibration-error.ts'
import { percent } from '../text-layout.ts'

const SEED = 1
/** Above, chance gives less than a point. */
const MOST_ROWS = 10_000
const FEW_ROWS = 1_000

/** What chance alone does to the calibration error of this evaluation, in words. */
export function chanceInEvaluation({ reliability }: Evaluation): string {
  const rows = reliability.reduce((sum, { count }) => sum + count, 0)
  if (rows > MOST_ROWS) return '0 is perfect'
  const confidences = reliability.flatMap(({ confidence, count }) => Array<number>(count).fill(confidence))
  const chance = calibrationErrorByChance(confidences, SEED, steadyDraws(rows))
  return `chance alone gives about ${percent(chance)} on ${amount(rows)}`
}

/** The same for the held-out examples of a fit. */
export function chanceInFit({ eceCvByChance, examples }: FitReport): string {
  if (eceCvByChance === null || examples > MOST_ROWS) return '0 is perfect'
  return `chance alone gives about ${percent(eceCvByChance)} on ${amount(examples)}`
}

const amount = (rows: number): string => (rows < FEW_ROWS ? 'so few' : 'so many')
