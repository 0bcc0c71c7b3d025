import { NearestMean } from '../evidence.ts'

// More examples of one route than this tell nothing new about how alike they are, and the work grows with the square.
const MOST_EXAMPLES = 64

/**
 * How alike the examples of each route are: the mean, over its examples, of the mean cosine to the nearest five
 * others. A query to a route of look-alike examples must come nearer to them to be as familiar. Routes with fewer than
 * two examples get the mean of the rest (0 when there is none).
 * @param vectors unit vectors, one after the other
 * @param rowsOf the rows of `vectors` that are examples of each route
 */
export function routeCohesion(
  vectors: Float32Array,
  dims: number,
  rowsOf: readonly (readonly number[])[],
): Float32Array {
  const nearest = new NearestMean()
  const cohesion = new Float32Array(rowsOf.length)
  let total = 0
  let measured = 0
  rowsOf.forEach((rows, route) => {
    const some = rows.slice(0, MOST_EXAMPLES)
    if (some.length < 2) return
    let sum = 0
    for (const row of some) {
      nearest.clear()
      for (const other of some) if (other !== row) nearest.see(cosine(vectors, dims, row, other))
      sum += nearest.mean
    }
    cohesion[route] = sum / some.length
    total += cohesion[route]!
    measured++
  })
  rowsOf.forEach((rows, route) => {
    if (rows.length < 2 && measured > 0) cohesion[route] = total / measured
  })
  return cohesion
}

/** Dot product of two rows, which have unit length. */
export function cosine(vectors: Float32Array, dims: number, first: number, second: number): number {
  let sum = 0
  for (let d = 0, a = first * dims, b = second * dims; d < dims; d++) sum += vectors[a + d]! * vectors[b + d]!
  return sum
}
