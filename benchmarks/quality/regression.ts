import { sigmoid } from '../../src/util/exact-math.ts'

/** Coefficients that minimise the squared error of `terms * coefficients` against `targets`, by the normal equations. */
export function leastSquares(terms: readonly (readonly number[])[], targets: readonly number[]): number[] {
  const size = terms[0]!.length
  const system = Array.from({ length: size }, (_, row) => [
    ...Array.from({ length: size }, (_, column) =>
      terms.reduce((sum, term) => sum + term[row]! * term[column]!, 0),
    ),
    terms.reduce((sum, term, place) => sum + term[row]! * targets[place]!, 0),
  ])
  for (let pivot = 0; pivot < size; pivot++) {
    let best = pivot
    for (let row = pivot; row < size; row++)
      if (Math.abs(system[row]![pivot]!) > Math.abs(system[best]![pivot]!)) best = row
    ;[system[pivot], system[best]] = [system[best]!, system[pivot]!]
    for (let row = 0; row < size; row++) {
      if (row === pivot) continue
      const factor = system[row]![pivot]! / system[pivot]![pivot]!
      for (let column = pivot; column <= size; column++)
        system[row]![column] = system[row]![column]! - factor * system[pivot]![column]!
    }
  }
  return system.map((row, place) => row[size]! / row[place]!)
}

export interface WeighedRow {
  readonly x: number
  readonly isPositive: boolean
  readonly weight: number
}

/** Weighted logistic regression on 1 and x, by Newton's method. */
export function logisticRegression(rows: readonly WeighedRow[]): { intercept: number; slope: number } {
  let intercept = 0
  let slope = 0
  for (let iteration = 0; iteration < 50; iteration++) {
    let g0 = 0
    let g1 = 0
    let h00 = 0
    let h01 = 0
    let h11 = 0
    for (const { x, isPositive, weight } of rows) {
      const p = sigmoid(intercept + slope * x)
      const residual = weight * ((isPositive ? 1 : 0) - p)
      const curvature = weight * p * (1 - p)
      g0 += residual
      g1 += residual * x
      h00 += curvature
      h01 += curvature * x
      h11 += curvature * x * x
    }
    const determinant = h00 * h11 - h01 * h01
    const step0 = (h11 * g0 - h01 * g1) / determinant
    const step1 = (h00 * g1 - h01 * g0) / determinant
    intercept += step0
    slope += step1
    if (Math.abs(step0) + Math.abs(step1) < 1e-10) break
  }
  return { intercept, slope }
}
