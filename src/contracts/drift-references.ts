/** What usual decisions of a snapshot look like: how many fell into each bin of a histogram. */
export interface DriftReference {
  readonly counts: readonly number[]
  /** Decisions that were counted. */
  readonly decisions: number
}

/** Keeps references beside the snapshots that they belong to. Every method may throw `storage_failed`. */
export interface DriftReferenceStore {
  /** Null when none was kept, or not any more. */
  get(routeSet: string, snapshot: string): Promise<DriftReference | null>
  /** Keeps a reference unless there is one; of all, the oldest beyond 1,000 are deleted. @param at milliseconds since the epoch */
  put(routeSet: string, snapshot: string, reference: DriftReference, at: number): Promise<void>
}
