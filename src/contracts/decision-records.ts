import type { Candidate, DecisionReason } from './decision.ts'

/** A decision as it was kept. */
export interface RecordedDecision {
  /** As it was answered with the decision. */
  readonly id: string
  /** When it was made, milliseconds since the epoch. */
  readonly at: number
  readonly routeSet: string
  /** Version of the route set that decided. */
  readonly version: number
  /** Fingerprint of the snapshot that decided. */
  readonly snapshot: string
  readonly route: string | null
  readonly confidence: number
  readonly outOfScope: number
  readonly threshold: number
  readonly reason: DecisionReason
  /** Best first, as many as were asked for. */
  readonly candidates: readonly Candidate[]
  readonly latencyUs: number
  /** The redacted text; null where texts are not kept, or a vector was decided. */
  readonly text: string | null
  /** Equal for equal redacted texts of one installation; null where texts are not hashed. */
  readonly textHash: string | null
}

/** Which recorded decisions are meant; what is left out does not matter. */
export interface DecisionFilter {
  readonly routeSet?: string
  /** Null for *no match*. */
  readonly route?: string | null
  readonly reason?: DecisionReason
  /** From this time on, milliseconds since the epoch. */
  readonly since?: number
  /** Before this time. */
  readonly until?: number
  /** Only those whose text was kept, or only those whose text was not. */
  readonly hasText?: boolean
}

/** Where a listing, newest first, has got to. */
export interface RecordPosition {
  readonly at: number
  /** Tells apart what has the same time. */
  readonly sequence: number
}

export interface RecordPage {
  readonly decisions: readonly RecordedDecision[]
  /** Where the next page begins; null after the last. */
  readonly next: RecordPosition | null
}

/**
 * Keeps decisions. Every method may throw `storage_failed`. Reading and deleting are done in steps that are short enough
 * for decisions to be made in between.
 */
export interface DecisionRecordStore {
  /** Adds all or none; at most 100 at a time. */
  add(records: readonly RecordedDecision[]): Promise<void>
  get(id: string): Promise<RecordedDecision | null>
  /** The newest first. @param limit 1 or more */
  list(filter: DecisionFilter, limit: number, after?: RecordPosition): Promise<RecordPage>
  count(filter: DecisionFilter): Promise<number>
  /** Deletes the oldest of those made before `at`, at most `most`; returns how many. */
  deleteBefore(at: number, most: number): Promise<number>
  /** Deletes the first added of those beyond the `rows` added last, at most `most`; returns how many. */
  deleteBeyond(rows: number, most: number): Promise<number>
  /** 64 hexadecimal digits drawn once for the installation, so that hashes of texts mean nothing elsewhere. */
  salt(): Promise<string>
}

/** What somebody said would have been right. */
export interface Feedback {
  readonly id: string
  readonly routeSet: string
  /** Redacted. */
  readonly text: string
  /** Null where no route is right. */
  readonly route: string | null
  /** The decision that it is about, where that was named. */
  readonly decisionId: string | null
  /** When it was given, milliseconds since the epoch. */
  readonly at: number
}

/** Keeps feedback, one row for each text of a set. Every method may throw `storage_failed`. */
export interface FeedbackStore {
  /**
   * Keeps feedback in the place of what was said of the same text, whose id it then takes. Of the set the oldest beyond
   * `rowsKept` are deleted.
   */
  put(feedback: Feedback, rowsKept: number): Promise<{ readonly id: string; readonly replaced: boolean }>
  /** Of one set or of all, the newest first. @param limit 1 or more */
  list(routeSet: string | undefined, limit: number, after?: FeedbackPosition): Promise<FeedbackPage>
  /**
   * Deletes it, and what evaluations of the set's versions quote of it, as `put` does with the oldest; false when there
   * was none of that id.
   */
  delete(id: string): Promise<boolean>
  /** Deletes the feedback on a set, at most `most` rows; returns how many. */
  deleteSet(routeSet: string, most: number): Promise<number>
}

export interface FeedbackPosition {
  readonly at: number
  readonly id: string
}

export interface FeedbackPage {
  readonly feedback: readonly Feedback[]
  /** Where the next page begins; null after the last. */
  readonly next: FeedbackPosition | null
}
