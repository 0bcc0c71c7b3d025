import { exp, log } from '../../util/exact-math.ts'
import type { Calibration } from './calibration.ts'

/** What to believe of a set before it is measured; `frontier` is the familiarity below which few queries belong. */
export type PriorCalibration = Omit<Calibration, 'scope'> & { readonly frontier: number }

// Least-squares fits over simulated route sets (routes of CLINC150 and HWU64 training data, half of the sets drawn at
// random and half of one route and those most like it; 2 to 127 routes of 1 to 50 examples) in the terms
// 1, ln routes, ln examples, (ln examples)^2, ln routes * ln examples, (ln routes)^2.
// Written by benchmarks/quality/fit-prior-calibration.ts --write.
// begin constants
const LOG_SHARPNESS = [1.3085, -0.061, -0.2748, 0.0213, 0.0128, -0.0023]
const ENERGY_MEAN = [0.6062, 1.0326, -0.0405, 0.1436, 0.1233, -0.0149]
const LOG_ENERGY_DEVIATION = [-1.2401, 0.1862, 0.3896, -0.0374, 0.0366, -0.0319]
const NEARNESS_MEAN = [0.1752, 0.0049, 0.0002, 0.0139, -0.0055, 0.0048]
const LOG_NEARNESS_DEVIATION = [-2.8783, 0.1816, 0.321, -0.0334, -0.0433, -0.0165]
const FRONTIER = [-5.5344, 0.6548, -0.5623, 0.1144, -0.0001, -0.0953]
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
