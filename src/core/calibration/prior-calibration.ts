import { exp, log } from '../../util/exact-math.ts'
import type { Calibration } from './calibration.ts'

// Least-squares fits over simulated route sets (random routes of CLINC150 and HWU64 training data, 2 to 127 routes,
// 1 to 50 examples) in the terms 1, ln routes, ln examples, (ln examples)^2, ln routes * ln examples, (ln routes)^2.
// Written by benchmarks/quality/fit-prior-calibration.ts.
const LOG_SHARPNESS = [1.8185, -0.222, -0.2426, 0.0034, 0.0227, 0.0018]
const ENERGY_MEAN = [0.1604, 1.4407, -0.1288, 0.1374, 0.1676, -0.101]
const LOG_ENERGY_DEVIATION = [-1.8482, 0.5871, 0.4075, -0.0434, 0.0314, -0.0905]
const NEARNESS_MEAN = [0.1422, 0.0249, 0.1778, -0.0099, -0.0091, 0.0034]
const LOG_NEARNESS_DEVIATION = [-2.9518, 0.1438, 0.5701, -0.0862, -0.0257, -0.0105]
const SCOPE = { intercept: 4.018, slope: 0.806 }

// The simulations reach this far; beyond, the edge is a better guess than the polynomial.
const MOST_ROUTES = 2000
const MOST_EXAMPLES = 100

/**
 * The calibration to start from, before anything is known of a set but its size.
 * @param routes number of routes, >= 0
 * @param perRoute mean examples a route, >= 0
 */
export function priorCalibration(routes: number, perRoute: number): Calibration {
  const k = log(Math.min(MOST_ROUTES, Math.max(1, routes)))
  const n = log(Math.min(MOST_EXAMPLES, Math.max(1, perRoute)))
  const terms = [1, k, n, n * n, k * n, k * k]
  const value = (coefficients: readonly number[]) =>
    coefficients.reduce((sum, coefficient, i) => sum + coefficient * terms[i]!, 0)
  return {
    sharpness: exp(value(LOG_SHARPNESS)),
    energy: { mean: value(ENERGY_MEAN), deviation: exp(value(LOG_ENERGY_DEVIATION)) },
    nearness: { mean: value(NEARNESS_MEAN), deviation: exp(value(LOG_NEARNESS_DEVIATION)) },
    scope: SCOPE,
  }
}
