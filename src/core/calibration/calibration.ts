import { exp, log, sigmoid } from '../../util/exact-math.ts'

// Without out-of-scope labels the scope line is drawn where few queries that belong lie beyond it, and steeply, so that
// the confidence of the others is left alone. Both were chosen on CLINC150 validation data and HWU64 training data.
/** Share of the queries that belong which may lie beyond the frontier. */
export const FRONTIER_SHARE = 0.0125
/** Log odds of belonging that one unit of familiarity is worth in a large set. */
const SCOPE_SLOPE = 2.25
// In a small set strays are not so far from what belongs: there the line lies further inward and is less steep. Chosen
// on sets of 2 to 12 routes drawn from the same data (docs/decisions/2026-11-24-generic-texts-for-small-sets.md).
const SMALL_SCOPE_SLOPE = 1.2
const SMALL_FRONTIER_SHIFT = 1.1
const SMALL_ROUTES = 12
const LARGE_ROUTES = 64

/** Mean and standard deviation of a measure over queries that belong to the route set. */
interface Spread {
  readonly mean: number
  readonly deviation: number
}

/** Turns raw evidence into probabilities. */
export interface Calibration {
  /** What scores are multiplied by before the softmax (1 / temperature). */
  readonly sharpness: number
  readonly energy: Spread
  readonly nearness: Spread
  /** P(some route is right) = sigmoid(intercept + slope * familiarity), see `familiarity`. */
  readonly scope: { readonly intercept: number; readonly slope: number }
}

/**
 * How familiar a query is, 0 being as familiar as a query that belongs, on average: energy and nearness in
 * standard deviations from those of queries that belong, plus the log of the best route's share.
 */
export function familiarity(
  energy: number,
  nearness: number,
  share: number,
  calibration: Pick<Calibration, 'energy' | 'nearness'>,
): number {
  return (
    (energy - calibration.energy.mean) / calibration.energy.deviation +
    (nearness - calibration.nearness.mean) / calibration.nearness.deviation +
    log(share)
  )
}

/** P(some route is right), in (0, 1). */
export function scopeProbability(familiar: number, calibration: Calibration): number {
  return sigmoid(calibration.scope.intercept + calibration.scope.slope * familiar)
}

/**
 * The line between in and out of scope where no out-of-scope labels say where it is.
 * @param frontier the familiarity beyond which few queries that belong lie
 * @param routes number of routes
 */
export function scopeLine(frontier: number, routes: number): Calibration['scope'] {
  const most = Math.min(LARGE_ROUTES, Math.max(SMALL_ROUTES, routes))
  const smallness = log(LARGE_ROUTES / most) / log(LARGE_ROUTES / SMALL_ROUTES)
  const slope = SCOPE_SLOPE + smallness * (SMALL_SCOPE_SLOPE - SCOPE_SLOPE)
  return { intercept: -slope * (frontier + smallness * SMALL_FRONTIER_SHIFT), slope }
}

/** log of the sum of e^score over scores[0..count); the free energy of the head, larger for familiar texts. */
export function logSumExp(scores: Float64Array, count: number, sharpness = 1): number {
  let largest = Number.NEGATIVE_INFINITY
  for (let k = 0; k < count; k++) if (scores[k]! > largest) largest = scores[k]!
  let sum = 0
  for (let k = 0; k < count; k++) {
    const x = (scores[k]! - largest) * sharpness
    // Below e^-30 a class adds nothing that a double could hold beside the largest.
    if (x > -30) sum += exp(x)
  }
  return largest * sharpness + log(sum)
}

/** Held-out scores: `scores[row * classes + k]` with the class that was right. */
export interface HeldOutScores {
  readonly count: number
  readonly classes: number
  readonly scores: Float32Array
  readonly labels: Int32Array
}

/**
 * The sharpness that makes the softmax of held-out scores most likely, pulled towards `prior` as if by
 * `priorRows` further rows. @see Guo et al. 2017, "On calibration of modern neural networks" (temperature scaling)
 */
export function fitSharpness(held: HeldOutScores, prior: number, priorRows: number): number {
  const row = new Float64Array(held.classes)
  const loss = (logSharpness: number) => {
    const sharpness = exp(logSharpness)
    let sum = 0
    for (let i = 0; i < held.count; i++) {
      for (let k = 0; k < held.classes; k++) row[k] = held.scores[i * held.classes + k]!
      sum += logSumExp(row, held.classes, sharpness) - sharpness * row[held.labels[i]!]!
    }
    return sum + 0.5 * priorRows * (logSharpness - log(prior)) ** 2
  }
  return exp(minimise(loss, log(prior) - 2.5, log(prior) + 2.5))
}

/** Golden-section search for the minimum of a unimodal function on [low, high], to 1e-4. */
function minimise(f: (x: number) => number, low: number, high: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2
  let a = low
  let b = high
  let c = b - ratio * (b - a)
  let d = a + ratio * (b - a)
  let fc = f(c)
  let fd = f(d)
  while (b - a > 1e-4) {
    if (fc < fd) {
      b = d
      d = c
      fd = fc
      c = b - ratio * (b - a)
      fc = f(c)
    } else {
      a = c
      c = d
      fc = fd
      d = a + ratio * (b - a)
      fd = f(d)
    }
  }
  return (a + b) / 2
}

/** Mean and deviation of `values`, pulled towards `prior` as if by `priorRows` further values. */
export function fitSpread(values: readonly number[], prior: Spread, priorRows: number): Spread {
  const total = values.length + priorRows
  const mean = (values.reduce((sum, x) => sum + x, 0) + priorRows * prior.mean) / total
  const squares =
    values.reduce((sum, x) => sum + (x - mean) ** 2, 0) +
    priorRows * (prior.deviation ** 2 + (prior.mean - mean) ** 2)
  return { mean, deviation: Math.sqrt(squares / total) }
}

/**
 * The familiarity below which a query most likely belongs to no route: where `share` of the held-out queries that do
 * belong would lie below, pulled towards `prior` as if by `priorRows` further queries.
 */
export function fitFrontier(
  familiarities: readonly number[],
  share: number,
  prior: number,
  priorRows: number,
): number {
  const sorted = Float64Array.from(familiarities).sort()
  if (sorted.length === 0) return prior
  const place = share * (sorted.length - 1)
  const low = sorted[Math.floor(place)]!
  const quantile = low + (place - Math.floor(place)) * (sorted[Math.ceil(place)]! - low)
  return (sorted.length * quantile + priorRows * prior) / (sorted.length + priorRows)
}
