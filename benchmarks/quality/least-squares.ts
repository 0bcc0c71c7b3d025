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
