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

/** Error rates that may be named instead of one that cannot be promised, low to high. */
const RATES: readonly number[] = [
  ...Array.from({ length: 9 }, (_, i) => (i + 1) / 1000),
  ...Array.from({ length: 50 }, (_, i) => (i + 1) / 100),
]

/** Of how many rows a route is chosen at each threshold of the grid, and how many of those choices are wrong. */
interface Tally {
  readonly acted: Int32Array
  readonly wrong: Int32Array
}

function tally(rows: readonly ActedRow[]): Tally {
  const acted = new Int32Array(GRID.length)
  const wrong = new Int32Array(GRID.length)
  for (const row of rows) {
    // Whoever is acted on at a threshold is acted on at all lower ones.
    const first = row.always ? 0 : GRID.findIndex((threshold) => row.confidence >= threshold)
    for (let place = first; place >= 0 && place < GRID.length; place++) {
      acted[place]!++
      if (!row.right) wrong[place]!++
    }
  }
  return { acted, wrong }
}

/** Evidence against "wrong more often than maxErrorRate when acting at this threshold"; 1 when nothing is acted on. */
function pValue({ acted, wrong }: Tally, place: number, maxErrorRate: number): number {
  return acted[place] === 0 ? 1 : binomialCdf(wrong[place]!, acted[place]!, maxErrorRate)
}

/** The place on the grid where the test starts, and the last one that it passes; -1 when it passes none. */
function testDownwards(
  planning: Tally,
  testing: Tally,
  maxErrorRate: number,
  delta: number,
): { readonly start: number; readonly passed: number } {
  let start = 0
  let best = Number.POSITIVE_INFINITY
  for (let place = 0; place < GRID.length; place++) {
    const p = pValue(planning, place, maxErrorRate)
    if (p < best) {
      best = p
      start = place
    }
  }
  let passed = -1
  for (let place = start; place < GRID.length; place++) {
    if (pValue(testing, place, maxErrorRate) > delta) break
    passed = place
  }
  return { start, passed }
}

/**
 * The lowest threshold at which being wrong more than `maxErrorRate` of the times a route is chosen is refuted at
 * level `delta`, by fixed-sequence testing: `planning` rows say where on the grid to start (where the evidence is
 * strongest), `testing` rows alone decide, downwards from there, until the first threshold that is not refuted.
 * The promise fails for at most `delta` of the possible draws of `testing`, whatever the calibration is worth.
 * @throws StrataError `not_enough_data` when no threshold passes; names the lowest rate of which one would
 * @see Angelopoulos, Bates et al. 2021, "Learn then test"; Geifman and El-Yaniv 2017 (selective classification)
 */
export function guaranteedThreshold(
  planning: readonly ActedRow[],
  testing: readonly ActedRow[],
  maxErrorRate: number,
  delta: number,
): Guarantee {
  const tallies = [tally(planning), tally(testing)] as const
  const { start, passed } = testDownwards(...tallies, maxErrorRate, delta)
  if (passed >= 0) {
    const coverage = tallies[1].acted[passed]! / testing.length
    return { threshold: GRID[passed]!, maxErrorRate, delta, coverage, rows: testing.length }
  }
  const possible = RATES.find(
    (rate) => rate > maxErrorRate && testDownwards(...tallies, rate, delta).passed >= 0,
  )
  const needed = Math.ceil(log(delta) / log(1 - maxErrorRate))
  const [acted, wrong] = [tallies[1].acted[start]!, tallies[1].wrong[start]!]
  throw new StrataError(
    'not_enough_data',
    `maxErrorRate ${maxErrorRate} cannot be promised with ${1 - delta} probability from this data: of the ${testing.length} rows set apart for the test, ${acted} ${isOrAre(acted)} acted on at confidence ${GRID[start]} and ${wrong} of those ${isOrAre(wrong)} wrong. ` +
      `Give more labelled rows (at least ${needed} must be acted on without a mistake, so about ${4 * needed} or more in all), improve the routes (eval shows the confused ones), or allow a higher rate: ` +
      (possible === undefined
        ? `this data can promise none up to ${RATES.at(-1)}.`
        : `the lowest that this data can promise is ${possible}. That was looked up in the same rows, so it is a little optimistic; fresh rows may need more.`),
  )
}

const isOrAre = (count: number) => (count === 1 ? 'is' : 'are')
