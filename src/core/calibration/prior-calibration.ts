import { exp, log } from '../../util/exact-math.ts'
import type { Calibration } from './calibration.ts'

/** What to believe of a set before it is measured; `frontier` is the familiarity below which few queries belong. */
export type PriorCalibration = Omit<Calibration, 'scope'> & { readonly frontier: number }

// Least-squares fits over simulated route sets (routes of CLINC150 and HWU64 training data, half of the sets drawn at
// random and half of one route and those most like it; 2 to 127 routes of 1 to 50 examples) in the terms
// 1, ln routes, ln examples, (ln examples)^2, ln routes * ln examples, (ln routes)^2.
// Written by benchmarks/quality/fit-prior-calibration.ts --write.
// begin constants
const LOG_SHARPNESS = [1.226, -0.0831, -0.2727, 0.0269, 0.0062, 0.0093]
const ENERGY_MEAN = [0.5853, 1.0159, -0.0386, 0.1467, 0.1202, -0.0096]
const LOG_ENERGY_DEVIATION = [-1.2207, 0.194, 0.3856, -0.0378, 0.038, -0.0349]
const NEARNESS_MEAN = [0.1752, 0.0049, 0.0002, 0.0139, -0.0055, 0.0048]
const LOG_NEARNESS_DEVIATION = [-2.878, 0.1814, 0.3211, -0.0334, -0.0433, -0.0164]
const FRONTIER = [-6.2311, 0.4345, -0.5185, 0.1508, -0.0562, -0.0022]
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
