import type { FitReport, RouteSet } from '../contracts/index.ts'
import type { Calibration } from './calibration/calibration.ts'
import type { Postings } from './lexical/postings.ts'
import type { QuantisedRows } from './vectors/quantised-rows.ts'

/** A compiled route set: everything a decision depends on, as plain arrays. Never changed once made. */
export interface SnapshotData {
  readonly encoder: { readonly name: string; readonly fingerprint: string; readonly dimensions: number }
  readonly routeSet: RouteSet
  /** What the lexical half of the features is multiplied by. */
  readonly lexicalScale: number
  readonly vocabulary: {
    readonly hashes: Int32Array
    readonly inverseFrequencies: Float32Array
  }
  /** One row a route, then one for the background class if the set has one. */
  readonly head: QuantisedRows
  readonly postings: Postings
  /** Vectors of the examples in route order: those of route r are rows offsets[r] to offsets[r + 1]. */
  readonly examples: { readonly offsets: Int32Array; readonly vectors: QuantisedRows }
  /** How alike the examples of each route are, see calibration/cohesion.ts. */
  readonly cohesion: Float32Array
  readonly calibration: Calibration
  readonly report: FitReport
}
