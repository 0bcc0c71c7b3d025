import { exp, sigmoid } from '../../util/exact-math.ts'
import type { Calibration } from './calibration.ts'
import { labelWeights } from './label-weights.ts'

// How firmly the line is held to where it was: one over the variance of its height there, and of the log of its slope.
// Chosen with the weights of labels on CLINC150 validation data and HWU64 training data, see
// docs/decisions/2026-11-24-one-steep-scope-line.md.
const HOLD = 20
const MOST_STEPS = 60
/** Of height and of log slope: far from the answer a full step would leap beyond it. */
const LARGEST_STEP = [1, 0.5] as const

/** One labelled query. */
interface LabelledFamiliarity {
  readonly familiar: number
  readonly isInScope: boolean
}

/**
 * The line between in and out of scope by labelled queries: the most likely one when lines near `prior` are likely
 * beforehand (logistic regression with a normal prior on height and log slope, by Fisher scoring). Few rows hardly move
 * it, none of one kind leave it where it is, and more familiar never means less likely to belong.
 * @param rows of finite familiarity
 */
export function labelledScopeLine(
  rows: readonly LabelledFamiliarity[],
  prior: Calibration['scope'],
): Calibration['scope'] {
  const inScope = rows.filter((row) => row.isInScope).length
  const weights = labelWeights(inScope, rows.length - inScope)
  // Around the frontier of the prior height and slope tell apart: farther off one makes up for the other.
  const frontier = -prior.intercept / prior.slope
  let height = 0
  let steepness = 0
  for (let step = 0; step < MOST_STEPS; step++) {
    const slope = prior.slope * exp(steepness)
    let toHeight = -HOLD * height
    let toSteepness = -HOLD * steepness
    let hh = HOLD
    let hs = 0
    let ss = HOLD
    for (const { familiar, isInScope } of rows) {
      const rise = slope * (familiar - frontier)
      const p = sigmoid(height + rise)
      const weight = isInScope ? weights.inScope : weights.stray
      const residual = weight * ((isInScope ? 1 : 0) - p)
      const information = weight * p * (1 - p)
      toHeight += residual
      toSteepness += residual * rise
      hh += information
      hs += information * rise
      ss += information * rise * rise
    }
    const determinant = hh * ss - hs * hs
    const up = (ss * toHeight - hs * toSteepness) / determinant
    const steeper = (hh * toSteepness - hs * toHeight) / determinant
    const shortening = Math.max(1, Math.abs(up) / LARGEST_STEP[0], Math.abs(steeper) / LARGEST_STEP[1])
    height += up / shortening
    steepness += steeper / shortening
    if (Math.abs(up) + Math.abs(steeper) < 1e-9) break
  }
  const slope = prior.slope * exp(steepness)
  return { intercept: height - slope * frontier, slope }
}
