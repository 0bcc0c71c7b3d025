import { exp, log } from '../../util/exact-math.ts'
import type { Calibration } from './calibration.ts'

/** What to believe of a set before it is measured; `frontier` is the familiarity below which few queries belong. */
export type PriorCalibration = Omit<Calibration, 'scope'> & { readonly frontier: number }

// Least-squares fits over simulated route sets (routes of CLINC150 and HWU64 training data, half of the sets drawn at
// random and half of one route and those most like it; 2 to 127 routes of 1 to 50 examples) in the terms
// 1, ln routes, ln examples, (ln examples)^2, ln routes * ln examples, (ln routes)^2.
// Written by benchmarks/quality/fit-prior-calibration.ts --write.
// begin constants
const LOG_SHARPNESS = [1.4994, -0.1942, -0.2346, 0.0148, 0.0085, 0.0178]
const ENERGY_MEAN = [0.0708, 1.3859, -0.1293, 0.1385, 0.1543, -0.0726]
const LOG_ENERGY_DEVIATION = [-1.9447, 0.5827, 0.4326, -0.036, 0.0233, -0.0856]
const NEARNESS_MEAN = [0.1751, 0.005, 0.0003, 0.0139, -0.0055, 0.0048]
const LOG_NEARNESS_DEVIATION = [-2.8771, 0.1804, 0.321, -0.0335, -0.0433, -0.0162]
const FRONTIER = [-3.1639, -0.7825, -0.4946, 0.0699, 0.025, 0.0944]
// end constants

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
