/**
 * The mean of the token vectors of one text, brought to unit length.
 * @param hidden token after token, `dimensions` numbers each
 * @param tokens how many of them count; what pads the text is left out
 * @param first place of the first number of the text in `hidden`
 */
export function meanPool(
  hidden: Float32Array,
  first: number,
  tokens: number,
  dimensions: number,
): Float32Array {
  const sums = new Float64Array(dimensions)
  for (let t = 0; t < tokens; t++) {
    const start = first + t * dimensions
    for (let d = 0; d < dimensions; d++) sums[d] = sums[d]! + hidden[start + d]!
  }
  return toUnitLength(sums)
}

/** As float32 of unit length; zeros stay zeros. */
export function toUnitLength(values: Float64Array | Float32Array): Float32Array {
  let squares = 0
  for (const value of values) squares += value * value
  const factor = squares > 0 ? 1 / Math.sqrt(squares) : 0
  return Float32Array.from(values, (value) => value * factor)
}
