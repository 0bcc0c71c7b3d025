import { StrataError } from '../../errors/index.ts'
import { exp, log } from '../../util/exact-math.ts'

/** One labelled query as the guarantee sees it. */
export interface ActedRow {
  readonly confidence: number
  /** Whether acting on the best candidate would be right. */
  readonly right: boolean
  /** Acted on whatever the threshold, because a rule decides. */
  readonly always: boolean
}

export interface Guarantee {
  readonly threshold: number
  readonly maxErrorRate: number
  readonly delta: number
  readonly coverage: number
  readonly rows: number
}

/** Thresholds tried, high to low; fixed beforehand, finer where confidences crowd. */
const GRID: readonly number[] = [
  ...Array.from({ length: 29 }, (_, i) => 0.999 - i * 0.001),
  ...Array.from({ length: 96 }, (_, i) => 0.97 - i * 0.01),
].map((threshold) => Math.round(threshold * 1000) / 1000)

/** P(X <= successes) for X binomial with `trials` and `probability`. */
export function binomialCdf(successes: number, trials: number, probability: number): number {
  if (successes >= trials) return 1
  const logOdds = log(probability) - log(1 - probability)
  let logTerm = trials * log(1 - probability)
  let sum = exp(logTerm)
  for (let k = 1; k <= successes; k++) {
    logTerm += log(trials - k + 1) - log(k) + logOdds
    sum += exp(logTerm)
  }
  return Math.min(1, sum)
}

/** Evidence against "wrong more often than maxErrorRate when acting at this threshold"; 1 when nothing is acted on. */
function pValue(rows: readonly ActedRow[], threshold: number, maxErrorRate: number): number {
  let acted = 0
  let wrong = 0
  for (const row of rows) {
    if (!row.always && row.confidence < threshold) continue
    acted++
    if (!row.right) wrong++
  }
  return acted === 0 ? 1 : binomialCdf(wrong, acted, maxErrorRate)
}

/**
 * The lowest threshold at which being wrong more than `maxErrorRate` of the times a route is chosen is refuted at
 * level `delta`, by fixed-sequence testing: `planning` rows say where on the grid to start (where the evidence is
 * strongest), `testing` rows alone decide, downwards from there, until the first threshold that is not refuted.
 * The promise fails for at most `delta` of the possible draws of `testing`, whatever the calibration is worth.
 * @throws StrataError `not_enough_data` when no threshold passes
 * @see Angelopoulos, Bates et al. 2021, "Learn then test"; Geifman and El-Yaniv 2017 (selective classification)
 */
export function guaranteedThreshold(
  planning: readonly ActedRow[],
  testing: readonly ActedRow[],
  maxErrorRate: number,
  delta: number,
): Guarantee {
  let start = 0
  let best = Number.POSITIVE_INFINITY
  GRID.forEach((threshold, place) => {
    const p = pValue(planning, threshold, maxErrorRate)
    if (p < best) {
      best = p
      start = place
    }
  })
  let passed = -1
  for (let place = start; place < GRID.length; place++) {
    if (pValue(testing, GRID[place]!, maxErrorRate) > delta) break
    passed = place
  }
  if (passed < 0) {
    const needed = Math.ceil(log(delta) / log(1 - maxErrorRate))
    const acted = testing.filter((row) => row.always || row.confidence >= GRID[start]!)
    throw new StrataError(
      'not_enough_data',
      `maxErrorRate ${maxErrorRate} cannot be promised with ${1 - delta} probability from this data: of the ${testing.length} rows set apart for the test, ${acted.length} are acted on at confidence ${GRID[start]} and ${acted.filter((row) => !row.right).length} of those are wrong. ` +
        `Give more labelled rows (at least ${needed} must be acted on without a mistake, so about ${4 * needed} or more in all), improve the routes (eval shows the confused ones), or allow a higher rate.`,
    )
  }
  const threshold = GRID[passed]!
  const acted = testing.filter((row) => row.always || row.confidence >= threshold).length
  return { threshold, maxErrorRate, delta, coverage: acted / testing.length, rows: testing.length }
}
