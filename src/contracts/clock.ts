/** Time, handed in so that tests can hold it still. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds from an arbitrary start, monotonic, with sub-microsecond resolution where the platform has it. */
  monotonicMs(): number
}
