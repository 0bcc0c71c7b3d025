import type { Postings } from './postings.ts'

// One entry of a list costs about as much as eight neighbouring entries of a row (1 ns; 0.12 ns each with SIMD):
// at 150 routes x 20 examples a query meets 5,200 entries in lists, and 480 beside 50 rows when long lists are rows.
const LONG_SHARE = 1 / 8
// With fewer classes the entries of a long list are few either way, and rows would take several times the memory.
const LEAST_CLASSES_WITH_ROWS = 33
const MOST_SHORT_NUMBERS = 0x10000

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
  #rows: Float32Array = new Float32Array(0)

  constructor(postings: Postings, classes: number) {
    const { offsets, routes, weights, shared } = postings
    const features = offsets.length - 1
    this.shared = shared
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

  /** What was packed, in arrays of its own but for `shared`. */
  unpack(): Postings {
    const features = this.offsets.length - 1
    const rows = this.#rows
    const offsets = new Int32Array(features + 1)
    for (let feature = 0; feature < features; feature++) {
      let listed = this.offsets[feature + 1]! - this.offsets[feature]!
      if (listed === 0 && this.places.length > 0 && this.places[feature]! >= 0) {
        const start = this.places[feature]! * this.stride
        for (let at = start; at < start + this.stride; at++) if (rows[at] !== 0) listed++
      }
      offsets[feature + 1] = offsets[feature]! + listed
    }
    const routes = new Int32Array(offsets[features]!)
    const weights = new Float32Array(offsets[features]!)
    let next = 0
    for (let feature = 0; feature < features; feature++) {
      const end = this.offsets[feature + 1]!
      for (let p = this.offsets[feature]!; p < end; p++) {
        routes[next] = this.routes[p]!
        weights[next++] = this.weights[p]!
      }
      if (next === offsets[feature + 1]) continue
      const start = this.places[feature]! * this.stride
      for (let k = 0; k < this.stride; k++) {
        if (rows[start + k] === 0) continue
        routes[next] = k
        weights[next++] = rows[start + k]!
      }
    }
    return { offsets, routes, weights, shared: this.shared }
  }
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
