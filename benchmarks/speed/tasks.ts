/** A route set to measure: so many routes of so many examples. */
export interface SetShape {
  readonly source: 'clinc150' | 'synthetic'
  readonly routes: number
  readonly examples: number
}

/** What one process measures. `file` is where the snapshot of the set is left by `fit` and read by the others. */
export type Task =
  | { readonly kind: 'fit'; readonly shape: SetShape; readonly file: string }
  | { readonly kind: 'serve'; readonly shape: SetShape; readonly file: string; readonly rounds: number }
  | { readonly kind: 'heads'; readonly shape: SetShape }
  | { readonly kind: 'texts'; readonly shape: SetShape; readonly file: string }

export interface FitOutcome {
  readonly seconds: number
  /** Of all threads, so more than `seconds` when the garbage collector works beside. */
  readonly cpuSeconds: number
  /** Longest time without a call of `onProgress`. */
  readonly longestSilenceMs: number
  readonly rssBeforeMb: number
  readonly peakRssMb: number
  readonly snapshotBytes: number
  readonly accuracyCv: number | null
}

/** Of the round with the lowest mean; `rounds` has the means of all. */
export interface Latency {
  readonly queries: number
  readonly meanUs: number
  /** Mean time of the thread in the round where it is lowest: what a core of one's own would take. */
  readonly threadMeanUs: number
  readonly p50Us: number
  readonly p99Us: number
  readonly maxUs: number
  readonly rounds: readonly number[]
}

export interface ServeOutcome {
  /** In a fresh process, before anything is compiled. */
  readonly firstLoadMs: number
  /** Best of five more. */
  readonly loadMs: number
  readonly rssBeforeMb: number
  readonly rssAfterMb: number
  readonly accuracy: number
  readonly latency: Latency
}

export interface TimedText {
  readonly name: string
  readonly units: number
  readonly bytes: number
  /** Time of the thread. */
  readonly ms: number
}

export interface TextOutcome {
  readonly lengths: readonly TimedText[]
  readonly hostile: readonly TimedText[]
}

/** Both ways to fit the same set; `accuracy` is of the best route on queries apart. */
export interface HeadsOutcome {
  readonly full: { readonly seconds: number; readonly accuracy: number }
  readonly rivals: { readonly seconds: number; readonly accuracy: number }
}

export interface MeasuredShape extends SetShape {
  readonly fit: FitOutcome
  readonly serve: ServeOutcome
}

/** Resident memory of a server with 150 routes of 100 examples. */
export interface ServerMemory {
  /** Right after a first start, which fits the set. */
  readonly afterFitMb: number
  /** Right after a start from the cached snapshot. */
  readonly idleMb: number
  /** After so many decisions since that start. */
  readonly afterRequests: readonly { readonly requests: number; readonly mb: number }[]
}

export interface SpeedResult {
  readonly sets: readonly MeasuredShape[]
  readonly texts: TextOutcome
  readonly heads: readonly (SetShape & HeadsOutcome)[]
  readonly server: ServerMemory
}
