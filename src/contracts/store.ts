import type { Evaluation, FitReport } from './reports.ts'
import type { LabelledText, RouteSet } from './route-set.ts'

/**
 * What a version is for. `active`: it decides; one version of a set. `candidate`: fitted and waiting. `shadow`: it decides
 * too, and nobody is told; at most one. `canary`: it decides for a share of the messages; at most one. `superseded`: it
 * was one of those once.
 */
export type VersionState = 'active' | 'candidate' | 'shadow' | 'canary' | 'superseded'

/** What a version was fitted with besides its routes. The same routes and inputs make the same snapshot. */
export interface FitInputs {
  /** Labelled rows that were sent; those of routes that the version does not have are passed over. */
  readonly data: readonly LabelledText[]
  /** What people had said, which counts after `data`; without what has been deleted since. */
  readonly feedback?: readonly FeedbackRow[]
  /** Be wrong at most this share of the times a route is chosen, above 0 and below 1. */
  readonly maxErrorRate?: number
}

/** A row of feedback in fit inputs. Stored are id and route: the text is in the feedback only, and gone when that is deleted. */
export interface FeedbackRow extends LabelledText {
  readonly id: string
}

/** What came of fitting a version. */
export interface FitOutcome {
  readonly report: FitReport
  /** On rows that were held out, so that it says what to expect; null where there were too few to hold any out. */
  readonly evaluation: Evaluation | null
}

/** What a version consists of. */
export interface VersionContent {
  readonly routeSet: RouteSet
  /** Names the fit inputs, where there are any; see `RouteStore.fitInputs`. */
  readonly fitInputsKey?: string
  /** Present where the version was made by a fit that was asked for. */
  readonly outcome?: FitOutcome
}

/** One version of a route set, whole. */
export interface StoredRouteSet extends VersionContent {
  readonly name: string
  /** 1 for the first; each change of the set makes the next one. Never used twice for one name, also after deletion. */
  readonly version: number
  readonly state: VersionState
  /** Share of the decisions that a shadow or canary takes part in, above 0 and up to 1. */
  readonly share?: number
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

export interface StoredRouteSetSummary {
  readonly name: string
  readonly version: number
  /** Number of routes in the active version. */
  readonly routes: number
  /** When the active version was made, milliseconds since the epoch. */
  readonly createdAt: number
}

/** One line in the list of the versions of a set. */
export interface StoredVersion extends Omit<StoredRouteSetSummary, 'name'> {
  readonly state: VersionState
  readonly share?: number
  readonly outcome?: FitOutcome
}

export interface WriteCondition {
  /** The version that must be the active one, 0 for "must not exist"; otherwise `version_conflict`. */
  readonly expectedVersion?: number
}

/** What a version is for from now on. */
export interface StateChange {
  readonly state: VersionState
  readonly share?: number
}

/** A version that is tried out beside the active one. */
export interface StoredTrial {
  readonly version: number
  readonly state: VersionState
  readonly share: number
}

/** Fit inputs and the key that versions name them by. */
export interface KeyedFitInputs {
  /** A hash of the inputs as they are stored: the same inputs have the same key. */
  readonly key: string
  readonly inputs: FitInputs
}

interface PutOptions extends WriteCondition, Partial<StateChange> {
  /**
   * Kept with the version, unless they are there already. What has been deleted of their feedback since they were read is
   * left out of the outcome too.
   */
  readonly fitInputs?: KeyedFitInputs
}

/**
 * Keeps route sets by name, in versions. Every method may throw `storage_failed`.
 * What a resolved write has written survives the sudden end of the process.
 */
export interface RouteStore {
  /** Every set that has an active version, by name. */
  list(): Promise<readonly StoredRouteSetSummary[]>
  /** The active version, or the one asked for; null when there is none (any more). */
  get(name: string, version?: number): Promise<StoredRouteSet | null>
  /** The versions still kept, newest first. */
  versions(name: string): Promise<readonly StoredVersion[]>
  /** The shadow and the canary of a set, where it has them. */
  trials(name: string): Promise<readonly StoredTrial[]>
  /** Fit inputs that a version names; null when no version does (any more). */
  fitInputs(key: string): Promise<FitInputs | null>
  /**
   * Makes the next version, in one transaction: the active one unless another state is given. Whatever had that state is
   * superseded, any number of candidates aside. Of what is candidate or superseded the oldest are deleted beyond
   * the number of versions to keep, and fit inputs that no version names.
   */
  put(name: string, content: VersionContent, options?: PutOptions): Promise<StoredRouteSet>
  /**
   * Makes the next version, active, with the content of an older one, in one transaction; null when the older one is not
   * there (any more).
   */
  restore(name: string, version: number, condition?: WriteCondition): Promise<StoredRouteSet | null>
  /**
   * Gives a version another state, in one transaction; whatever had it is superseded. The active version gives way to
   * another only. False when there is no such version (any more).
   */
  setState(name: string, version: number, change: StateChange, condition?: WriteCondition): Promise<boolean>
  /** Deletes every version of a set; false when there was no active one. */
  delete(name: string, condition?: WriteCondition): Promise<boolean>
  /** Throws `storage_failed` when the store would not answer. */
  check(): Promise<void>
  close(): Promise<void>
}
