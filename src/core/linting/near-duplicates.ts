import { seededRandom } from '../../util/random.ts'

interface NearPair {
  readonly first: number
  readonly second: number
  readonly similarity: number
}

/** Up to so many vectors every pair is compared: about 6 million products, 2 s at 256 dimensions. */
export const EXACT_LIMIT = 3_500
const TABLES = 8
const BITS = 14
/** Neighbours that a vector is compared with in one bucket, so that crowded buckets stay cheap. */
const NEIGHBOURS = 24
/** Pairs that are kept; a set with more has a problem that ten thousand examples of it show. */
const MAX_PAIRS = 10_000

/**
 * Pairs of vectors from different groups whose cosine is at least `least`.
 * @param vectors `groups.length` unit vectors of `dimensions` (a multiple of 4), one after the other
 * @param groups the group of each vector
 * @remarks Exact up to `EXACT_LIMIT` vectors; beyond, random hyperplanes find about four of five pairs at a cosine of
 *   0.95 and nearly all above 0.98, in time linear in the number of vectors. Deterministic.
 * @see Charikar, 2002, "Similarity estimation techniques from rounding algorithms"
 */
export function nearDuplicates(
  vectors: Float32Array,
  dimensions: number,
  groups: readonly number[],
  least: number,
): NearPair[] {
  const pairs = new Map<number, NearPair>()
  const compare = (first: number, second: number) => {
    if (groups[first] === groups[second] || pairs.size >= MAX_PAIRS) return
    const similarity = dot(vectors, first * dimensions, vectors, second * dimensions, dimensions)
    if (similarity >= least) pairs.set(first * groups.length + second, { first, second, similarity })
  }
  if (groups.length <= EXACT_LIMIT) {
    for (let first = 0; first < groups.length; first++) {
      for (let second = first + 1; second < groups.length; second++) compare(first, second)
    }
  } else {
    compareWithinBuckets(vectors, dimensions, groups.length, compare)
  }
  return [...pairs.values()].sort(
    (a, b) => b.similarity - a.similarity || a.first - b.first || a.second - b.second,
  )
}

function compareWithinBuckets(
  vectors: Float32Array,
  dimensions: number,
  count: number,
  compare: (first: number, second: number) => void,
): void {
  const random = seededRandom(1)
  const planes = new Float32Array(BITS * dimensions)
  for (let table = 0; table < TABLES; table++) {
    // A sum of three uniform numbers is round enough for directions.
    for (let index = 0; index < planes.length; index++) planes[index] = random() + random() + random() - 1.5
    const buckets = new Map<number, number[]>()
    for (let vector = 0; vector < count; vector++) {
      let key = 0
      for (let bit = 0; bit < BITS; bit++) {
        const sum = dot(vectors, vector * dimensions, planes, bit * dimensions, dimensions)
        key = key * 2 + (sum > 0 ? 1 : 0)
      }
      const bucket = buckets.get(key) ?? []
      buckets.set(key, bucket)
      for (const earlier of bucket.slice(-NEIGHBOURS)) compare(earlier, vector)
      bucket.push(vector)
    }
  }
}

/** Four sums side by side: one alone waits for each addition, which makes it three times as slow. */
function dot(a: Float32Array, startA: number, b: Float32Array, startB: number, dimensions: number): number {
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0]
  for (let d = 0; d < dimensions; d += 4) {
    sum0 += a[startA + d]! * b[startB + d]!
    sum1 += a[startA + d + 1]! * b[startB + d + 1]!
    sum2 += a[startA + d + 2]! * b[startB + d + 2]!
    sum3 += a[startA + d + 3]! * b[startB + d + 3]!
  }
  return sum0 + sum1 + sum2 + sum3
}
