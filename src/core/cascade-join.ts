import { exp, log, sigmoid } from '../util/exact-math.ts'
import { type Calibration, familiarity, logSumExp, scopeProbability } from './calibration/calibration.ts'
import type { HeldOutEvidence } from './calibration/cross-validation.ts'

/** How the opinions of two routers become one. All numbers are weights of log probabilities or of log odds. */
export interface Join {
  /** P(route) is proportional to P_fast(route)^fast * P_slow(route)^slow. */
  readonly routes: { readonly fast: number; readonly slow: number }
  /** Log odds that some route is right: intercept + fast * those of the fast router + slow * those of the slow one. */
  readonly scope: { readonly intercept: number; readonly fast: number; readonly slow: number }
}

/** Two opinions of one text, the same routes in the same places: logs of P(route), and log odds that some is right. */
export interface OpinionPair {
  readonly fast: Opinion
  readonly slow: Opinion
}

export interface Opinion {
  readonly routes: ArrayLike<number>
  /** Log odds that some route is right. */
  readonly belongs: number
}

// Chosen on CLINC150 train -> val and HWU64 train, 5 to 100 examples a route: what the fit tends to, and how to weigh
// the two views of scope, where out-of-scope recall and calibration are flat between 0/1 and 0.3/0.7.
const PRIOR_JOIN: Join = {
  routes: { fast: 0.2, slow: 0.85 },
  scope: { intercept: 0, fast: 0.2, slow: 0.8 },
}
const ROUTE_PRIOR_ROWS = 30
const SCOPE_PRIOR_ROWS = 200
// Held to firmly: two hundred strays move it little, and on those that it has not seen it does better than fitted freely
// (CLINC150 train -> halves of val with oos_val or oos_train, and whole routes held out; the same from 60 to 300).
const SCOPE_PRIOR = 100
const FRONTIER_SHARE = 0.0125
const FEWEST_OUT_OF_SCOPE = 10
const LEAST_STRAY_SHARE = 0.15

/** The joint logs of P(route | some route is right) and the joint log odds that some is. */
export function join({ fast, slow }: OpinionPair, { routes, scope }: Join): Opinion {
  const joint = new Float64Array(fast.routes.length)
  for (let k = 0; k < joint.length; k++)
    joint[k] = routes.fast * fast.routes[k]! + routes.slow * slow.routes[k]!
  const normaliser = logSumExp(joint, joint.length)
  for (let k = 0; k < joint.length; k++) joint[k] = joint[k]! - normaliser
  return { routes: joint, belongs: scope.intercept + scope.fast * fast.belongs + scope.slow * slow.belongs }
}

/** What a router that never saw an example makes of it. */
export interface HeldOutOpinion extends Opinion {
  /** Place of the example among the training texts. */
  readonly row: number
  /** Place of its route. */
  readonly label: number
}

/** What a router that never saw the examples makes of them. */
export function heldOutOpinions(
  held: HeldOutEvidence,
  calibration: Calibration,
  routes: number,
): HeldOutOpinion[] {
  const row = new Float64Array(held.classes)
  return Array.from({ length: held.count }, (_, place) => {
    for (let k = 0; k < held.classes; k++) row[k] = held.scores[place * held.classes + k]!
    const normaliser = logSumExp(row, held.classes, calibration.sharpness)
    const logs = Float64Array.from(row, (score) => score * calibration.sharpness - normaliser)
    let best = 0
    for (let k = 0; k < routes; k++) if (logs[k]! > logs[best]!) best = k
    const familiar = familiarity(
      held.energies[place]!,
      held.nearnesses[place]!,
      exp(logs[best]!),
      calibration,
    )
    const background = held.classes > routes ? exp(logs[routes]!) : 0
    const belongs = scopeProbability(familiar, calibration) * (1 - background)
    return {
      routes: logs.subarray(0, routes),
      belongs: logOdds(belongs),
      row: held.rows[place]!,
      label: held.labels[place]!,
    }
  })
}

/** The confidence that the best route of an opinion has, 0..1. */
export function confidenceOf({ routes, belongs }: Opinion): number {
  let best = Number.NEGATIVE_INFINITY
  let total = 0
  for (let k = 0; k < routes.length; k++) {
    best = Math.max(best, routes[k]!)
    total += exp(routes[k]!)
  }
  return total === 0 ? 0 : (exp(best) / total) * sigmoid(belongs)
}

/** The join that what both routers made of the same examples calls for; large sets hold out only some. */
export function fitJoinOnHeldOut(fast: readonly HeldOutOpinion[], slow: readonly HeldOutOpinion[]): Join {
  const slowByRow = new Map(slow.map((opinion) => [opinion.row, opinion]))
  const pairs = fast.flatMap((opinion) => {
    const other = slowByRow.get(opinion.row)
    return other ? [{ fast: opinion, slow: other }] : []
  })
  return fitJoin(
    pairs,
    pairs.map(({ fast: { label } }) => label),
  )
}

/**
 * The join under which the routes that are right are most likely, and beyond whose scope line as few of the rows lie
 * as beyond that of a single router.
 * @param labels the place of the right route of each pair
 */
function fitJoin(pairs: readonly OpinionPair[], labels: ArrayLike<number>): Join {
  const routes = fitRouteWeights(pairs, labels, PRIOR_JOIN.routes)
  const { fast, slow } = PRIOR_JOIN.scope
  const belongs = pairs
    .map((pair) => fast * pair.fast.belongs + slow * pair.slow.belongs)
    .sort((a, b) => a - b)
  const frontier = belongs[Math.floor(FRONTIER_SHARE * belongs.length)] ?? 0
  const intercept = (-frontier * belongs.length) / (belongs.length + SCOPE_PRIOR_ROWS)
  return { routes, scope: { intercept, fast, slow } }
}

/**
 * A join improved by labelled queries: the weights of the routes by those that belong, the line between in and out of
 * scope by all where enough do not.
 * @param labels the place of the right route, or -1 where none is
 * @param strayWeight how much a row that belongs nowhere counts beside the others, see `strayWeight`
 */
export function refineJoin(
  before: Join,
  pairs: readonly OpinionPair[],
  labels: readonly number[],
  strayWeight: number,
): Join {
  const inside = [...labels.keys()].filter((row) => labels[row]! >= 0)
  const routes = fitRouteWeights(
    inside.map((row) => pairs[row]!),
    inside.map((row) => labels[row]!),
    before.routes,
  )
  const strays = labels.length - inside.length
  if (strays < FEWEST_OUT_OF_SCOPE) return { ...before, routes }
  const rows = pairs.map(({ fast, slow }, row) => ({
    x: [1, fast.belongs, slow.belongs],
    y: labels[row]! >= 0 ? 1 : 0,
    weight: labels[row]! >= 0 ? 1 : strayWeight,
  }))
  return { routes, scope: fitScope(rows, before.scope) }
}

/** Labelled sets often hold fewer strays than traffic does: what makes them a share of 15% of all rows, or 1. */
export function strayWeight(labels: readonly number[]): number {
  const strays = labels.filter((label) => label < 0).length
  const inside = labels.length - strays
  return Math.max(1, (LEAST_STRAY_SHARE / (1 - LEAST_STRAY_SHARE)) * (inside / Math.max(1, strays)))
}

/** Multinomial logistic regression on two features a route, by Newton's method, held to `prior`. */
function fitRouteWeights(
  pairs: readonly OpinionPair[],
  labels: ArrayLike<number>,
  prior: Join['routes'],
): Join['routes'] {
  let { fast: a, slow: b } = prior
  for (let iteration = 0; iteration < 25; iteration++) {
    let ga = ROUTE_PRIOR_ROWS * (prior.fast - a)
    let gb = ROUTE_PRIOR_ROWS * (prior.slow - b)
    let [haa, hab, hbb] = [ROUTE_PRIOR_ROWS, 0, ROUTE_PRIOR_ROWS]
    pairs.forEach(({ fast: { routes: f }, slow: { routes: s } }, row) => {
      const logits = Float64Array.from(f, (log, k) => a * log + b * s[k]!)
      const normaliser = logSumExp(logits, logits.length)
      let [ef, es, eff, efs, ess] = [0, 0, 0, 0, 0]
      for (let k = 0; k < logits.length; k++) {
        const p = exp(logits[k]! - normaliser)
        ef += p * f[k]!
        es += p * s[k]!
        eff += p * f[k]! * f[k]!
        efs += p * f[k]! * s[k]!
        ess += p * s[k]! * s[k]!
      }
      ga += f[labels[row]!]! - ef
      gb += s[labels[row]!]! - es
      haa += eff - ef * ef
      hab += efs - ef * es
      hbb += ess - es * es
    })
    const determinant = haa * hbb - hab * hab
    const [da, db] = [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant]
    a += da
    b += db
    if (Math.abs(da) + Math.abs(db) < 1e-6) break
  }
  return { fast: a, slow: b }
}

/** Logistic regression of belonging on the two log odds, by coordinate-wise Newton steps, held to `prior`. */
function fitScope(
  rows: readonly { readonly x: readonly number[]; readonly y: number; readonly weight: number }[],
  prior: Join['scope'],
): Join['scope'] {
  const start = [prior.intercept, prior.fast, prior.slow]
  const weights = [...start]
  for (let iteration = 0; iteration < 200; iteration++) {
    let moved = 0
    for (let j = 0; j < weights.length; j++) {
      let gradient = SCOPE_PRIOR * (start[j]! - weights[j]!)
      let curvature = SCOPE_PRIOR
      for (const { x, y, weight } of rows) {
        const p = sigmoid(x.reduce((sum, value, i) => sum + value * weights[i]!, 0))
        gradient += weight * (y - p) * x[j]!
        curvature += weight * p * (1 - p) * x[j]! * x[j]!
      }
      const step = gradient / curvature
      // The more either router takes a query for one of its own, the more it must count as one.
      const next = j === 0 ? weights[j]! + step : Math.max(0, weights[j]! + step)
      moved += Math.abs(next - weights[j]!)
      weights[j] = next
    }
    if (moved < 1e-5) break
  }
  return { intercept: weights[0]!, fast: weights[1]!, slow: weights[2]! }
}

/** Within what probabilities of 1e-6 to 1 - 1e-6 have. */
export function logOdds(p: number): number {
  const inside = Math.min(Math.max(p, 1e-6), 1 - 1e-6)
  return log(inside / (1 - inside))
}
