import type { Postings } from './postings.ts'

// One entry of a list costs about as much as eight neighbouring entries of a row (1 ns; 0.12 ns each with SIMD), so that
// rows pay from an eighth on. From a quarter on they cost 2% of a decision more, and 1.6 MB less at 150 x 100.
const LONG_SHARE = 1 / 4
// With fewer classes the entries of a long list are few either way, and rows would take several times the memory.
const LEAST_CLASSES_WITH_ROWS = 33
const MOST_SHORT_NUMBERS = 0x10000

/** What an edit makes of postings: class k is now `kept[k]` (-1: gone), and new classes have the weights `learnt`. */
export interface PostingsEdit {
  readonly kept: Int32Array
  /** Weights by feature, by class. */
  readonly learnt: ReadonlyMap<number, ReadonlyMap<number, number>>
}

/**
 * Postings as a scorer works with them: short lists as lists, long ones as whole rows of weights, each kept once.
 * `unpack` gives back what was packed, to the bit.
 */
export class PackedPostings {
  /** Lists as in `Postings`; what became a row has none. */
  readonly offsets: Int32Array
  /** Bytes where there are no rows: a kind for each loop over them. */
  readonly routes: Uint8Array | Uint16Array | Int32Array
  readonly weights: Float32Array
  readonly shared: Float32Array
  /** A list of more entries than this is long. */
  readonly longAbove: number
  /** Row of each feature with a long list, or -1; empty where there are no rows. */
  readonly places: Int32Array
  readonly rowCount: number
  /** Weights in a row, a multiple of 32: rows[place * stride + class]. */
  readonly stride: number
  readonly #entries: number
  #rows: Float32Array = new Float32Array(0)

  constructor(postings: Postings, classes: number) {
    const { offsets, routes, weights, shared } = postings
    const features = offsets.length - 1
    this.shared = shared
    this.#entries = routes.length
    this.longAbove = classes * LONG_SHARE
    this.stride = (classes + 31) & ~31
    this.places = new Int32Array(classes < LEAST_CLASSES_WITH_ROWS ? 0 : features).fill(-1)
    this.offsets = new Int32Array(features + 1)
    let rowCount = 0
    for (let feature = 0; feature < features; feature++) {
      let listed = offsets[feature + 1]! - offsets[feature]!
      if (this.places.length > 0 && listed > this.longAbove) {
        this.places[feature] = rowCount++
        if (tellsItsList(postings, feature)) listed = 0
      }
      this.offsets[feature + 1] = this.offsets[feature]! + listed
    }
    this.rowCount = rowCount
    const listed = this.offsets[features]!
    this.routes = new (arrayFor(classes))(listed)
    this.weights = new Float32Array(listed)
    for (let feature = 0; feature < features; feature++) {
      const end = this.offsets[feature + 1]!
      let from = offsets[feature]!
      for (let p = this.offsets[feature]!; p < end; p++) {
        this.routes[p] = routes[from]!
        this.weights[p] = weights[from++]!
      }
    }
  }

  /** Lays the rows of the same postings over `into`, which is all 0 and stays the only place where they are. */
  layRows({ offsets, routes, weights }: Postings, into: Float32Array): void {
    this.#rows = into
    for (let feature = 0; feature < this.places.length; feature++) {
      const start = this.places[feature]! * this.stride
      if (start < 0) continue
      for (let p = offsets[feature]!; p < offsets[feature + 1]!; p++) into[start + routes[p]!] = weights[p]!
    }
  }

  /** What was packed, after an edit if one is given; in arrays of its own but for `shared`. */
  unpack(edit?: PostingsEdit): Postings {
    const { offsets, routes, weights, shared, places, stride } = this
    const rows = this.#rows
    const features = offsets.length - 1
    const hasRows = places.length > 0
    const added = edit ? entriesByFeature(edit.learnt, shared) : []
    const most = added.reduce((sum, { entries }) => sum + entries.length, this.#entries)
    const kept = edit?.kept ?? Int32Array.from({ length: stride }, (_, k) => k)
    const to = {
      offsets: new Int32Array(features + 1),
      routes: new Int32Array(most),
      weights: new Float32Array(most),
    }
    let count = 0
    let next = 0
    for (let feature = 0; feature < features; feature++) {
      const start = offsets[feature]!
      const end = offsets[feature + 1]!
      for (let p = start; p < end; p++) {
        const route = kept[routes[p]!]!
        if (route < 0) continue
        to.routes[count] = route
        to.weights[count++] = weights[p]!
      }
      if (start === end && hasRows && places[feature]! >= 0) {
        const row = places[feature]! * stride
        for (let k = 0; k < kept.length; k++) {
          const weight = rows[row + k]!
          if (weight === 0 || kept[k]! < 0) continue
          to.routes[count] = kept[k]!
          to.weights[count++] = weight
        }
      }
      if (next < added.length && added[next]!.feature === feature) {
        for (const { route, weight } of added[next++]!.entries) {
          to.routes[count] = route
          to.weights[count++] = weight
        }
      }
      to.offsets[feature + 1] = count
    }
    return {
      offsets: to.offsets,
      routes: to.routes.subarray(0, count),
      weights: to.weights.subarray(0, count),
      shared,
    }
  }
}

interface Entry {
  readonly route: number
  readonly weight: number
}

interface AddedEntries {
  readonly feature: number
  readonly entries: Entry[]
}

/** What new classes add to each feature, in order of the features. */
function entriesByFeature(learnt: PostingsEdit['learnt'], shared: Float32Array): AddedEntries[] {
  const added = new Map<number, AddedEntries>()
  for (const [route, sparse] of learnt) {
    for (const [feature, weight] of sparse) {
      // What a feature gives to all routes alike must not be given to a new one twice.
      const entry = { route, weight: weight - shared[feature]! }
      const there = added.get(feature)
      if (there) there.entries.push(entry)
      else added.set(feature, { feature, entries: [entry] })
    }
  }
  return [...added.values()].sort((a, b) => a.feature - b.feature)
}

function arrayFor(classes: number) {
  if (classes < LEAST_CLASSES_WITH_ROWS) return Uint8Array
  return classes > MOST_SHORT_NUMBERS ? Int32Array : Uint16Array
}

/** Whether a list can be read off its row again: in the order of the routes, and no weight 0. */
function tellsItsList({ offsets, routes, weights }: Postings, feature: number): boolean {
  const start = offsets[feature]!
  for (let p = start; p < offsets[feature + 1]!; p++) {
    if (weights[p] === 0 || (p > start && routes[p]! <= routes[p - 1]!)) return false
  }
  return true
}
