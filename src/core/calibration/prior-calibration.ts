import { exp, log } from '../../util/exact-math.ts'
import type { Calibration } from './calibration.ts'

/** What to believe of a set before it is measured; `frontier` is the familiarity below which few queries belong. */
export type PriorCalibration = Omit<Calibration, 'scope'> & { readonly frontier: number }

// Least-squares fits over simulated route sets (random routes of CLINC150 and HWU64 training data, 2 to 127 routes,
// 1 to 50 examples) in the terms 1, ln routes, ln examples, (ln examples)^2, ln routes * ln examples, (ln routes)^2.
// Written by benchmarks/quality/fit-prior-calibration.ts.
const LOG_SHARPNESS = [2.0356, -0.3966, -0.2199, -0.0051, 0.0259, 0.0343]
const ENERGY_MEAN = [0.1944, 1.3355, -0.0761, 0.1386, 0.1482, -0.0701]
const LOG_ENERGY_DEVIATION = [-1.8853, 0.5915, 0.4246, -0.0424, 0.0252, -0.0884]
const NEARNESS_MEAN = [0.1013, 0.0194, 0.0245, 0.0132, -0.0099, 0.004]
const LOG_NEARNESS_DEVIATION = [-2.7399, 0.0662, 0.3335, -0.0357, -0.0296, -0.0006]
const FRONTIER = [-3.1982, -0.3749, -0.4907, 0.0327, 0.0536, 0.0146]

// The simulations reach this far; beyond, the edge is a better guess than the polynomial.
const MOST_ROUTES = 2000
const MOST_EXAMPLES = 100

/**
 * The calibration to start from, before anything is known of a set but its size.
 * @param routes number of routes, >= 0
 * @param perRoute mean examples a route, >= 0
 */
export function priorCalibration(routes: number, perRoute: number): PriorCalibration {
  const k = log(Math.min(MOST_ROUTES, Math.max(1, routes)))
  const n = log(Math.min(MOST_EXAMPLES, Math.max(1, perRoute)))
  const terms = [1, k, n, n * n, k * n, k * k]
  const value = (coefficients: readonly number[]) =>
    coefficients.reduce((sum, coefficient, i) => sum + coefficient * terms[i]!, 0)
  return {
    sharpness: exp(value(LOG_SHARPNESS)),
    energy: { mean: value(ENERGY_MEAN), deviation: exp(value(LOG_ENERGY_DEVIATION)) },
    nearness: { mean: value(NEARNESS_MEAN), deviation: exp(value(LOG_NEARNESS_DEVIATION)) },
    frontier: value(FRONTIER),
  }
}
