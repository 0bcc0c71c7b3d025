import { toUnitLength } from '../../util/unit-length.ts'

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
