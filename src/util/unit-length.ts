/** The vector as float32 of length 1; zeros stay zeros. */
export function toUnitLength(values: Float64Array | Float32Array): Float32Array {
  let squares = 0
  for (const value of values) squares += value * value
  const factor = squares > 0 ? 1 / Math.sqrt(squares) : 0
  return Float32Array.from(values, (value) => value * factor)
}
