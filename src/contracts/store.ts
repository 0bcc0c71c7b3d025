import type { RouteSet } from './route-set.ts'

/** One version of a route set, whole. */
export interface StoredRouteSet {
  readonly name: string
  /** 1 for the first; each change of the set makes the next one. Never used twice for one name, also after deletion. */
  readonly version: number
  readonly routeSet: RouteSet
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

export interface StoredRouteSetSummary {
  readonly name: string
  readonly version: number
  /** Number of routes in the current version. */
  readonly routes: number
  /** When the current version was made, milliseconds since the epoch. */
  readonly createdAt: number
}

export interface WriteCondition {
  /** The version that must be the current one, 0 for "must not exist"; otherwise `version_conflict`. */
  readonly expectedVersion?: number
}

/**
 * Keeps route sets by name, in versions. Every method may throw `storage_failed`.
 * What a resolved write has written survives the sudden end of the process.
 */
export interface RouteStore {
  /** Every set with its current version, by name. */
  list(): Promise<readonly StoredRouteSetSummary[]>
  /** The current version, or the one asked for; null when there is none (any more). */
  get(name: string, version?: number): Promise<StoredRouteSet | null>
  /** The versions still kept, newest first. */
  versions(name: string): Promise<readonly Omit<StoredRouteSetSummary, 'name'>[]>
  /** Makes `routeSet` the current version, in one transaction, and deletes versions beyond the number to keep. */
  put(name: string, routeSet: RouteSet, condition?: WriteCondition): Promise<StoredRouteSet>
  /** Deletes every version of a set; false when there was none. */
  delete(name: string, condition?: WriteCondition): Promise<boolean>
  /** Throws `storage_failed` when the store would not answer. */
  check(): Promise<void>
  close(): Promise<void>
}
