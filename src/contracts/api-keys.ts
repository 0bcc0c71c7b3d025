import type { AuditActor } from './audit.ts'

/**
 * What a key may do. `route`: decide; `execute`: have models called; `routes:read`, `routes:write`: the route sets; `cache`:
 * look at the cache and empty it; `metrics`: read the metrics; `admin`: everything, keys, usage and audit included.
 */
export type Scope = 'route' | 'execute' | 'routes:read' | 'routes:write' | 'cache' | 'admin' | 'metrics'

/** What may be spent in a day and in a month, both of UTC, in US dollars above 0. */
export interface BudgetLimits {
  readonly dailyUsd?: number
  readonly monthlyUsd?: number
}

/** How much may be asked for in a minute, integers above 0. */
export interface RateLimits {
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
}

/** What is configured of a tenant. */
export interface TenantSettings extends RateLimits {
  /** Calls of models that may be under way at once. */
  readonly maxConcurrent?: number
  /** Its share of what is contended, beside the weights of the others; above 0, 1 if not given. */
  readonly weight?: number
  readonly budgets?: BudgetLimits
}

/** What is decided about a key when it is made. */
export interface ApiKeySettings extends RateLimits {
  /** For people; need not be unique. */
  readonly name: string
  readonly tenant: string
  /** At least one, none twice. */
  readonly scopes: readonly Scope[]
  /** Milliseconds since the epoch; null: never. */
  readonly expiresAt: number | null
  readonly budgets?: BudgetLimits
  /** Models that may be named; all if not given. */
  readonly models?: readonly string[]
  /** Routes that may be named or chosen; all if not given. */
  readonly routes?: readonly string[]
  /** Route sets that may be used; all if not given. */
  readonly routeSets?: readonly string[]
}

/** A key as it may be shown: without its secret, which nobody has but its owner. */
export interface ApiKey extends ApiKeySettings {
  /** `key_` and 16 letters and digits. */
  readonly id: string
  /** The first characters of the secret, by which its owner knows it again. */
  readonly prefix: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** Milliseconds since the epoch; null while it is valid. */
  readonly revokedAt: number | null
  /** Milliseconds since the epoch, to the minute; null while it has not been used. */
  readonly lastUsedAt: number | null
}

export interface StoredApiKey extends ApiKey {
  /** SHA-256 of the secret in base64url. */
  readonly hash: string
}

/** Keys that were made or revoked. */
export interface ApiKeyChanges {
  /** Counts the changes of all keys; 0 while none has ever been made. */
  readonly revision: number
  readonly keys: readonly StoredApiKey[]
}

/** Keeps API keys for good, revoked ones too. Every method may throw `storage_failed`. */
export interface ApiKeyStore {
  /** Adds a key, with a line in the audit log, in one transaction. */
  create(key: StoredApiKey, by: AuditActor): Promise<void>
  /** Every key, the newest first; of one tenant if it is given. */
  list(tenant?: string): Promise<readonly ApiKey[]>
  get(id: string): Promise<ApiKey | null>
  /**
   * Ends a key, with a line in the audit log, in one transaction; one that has ended stays as it is.
   * @returns the key as it is now; null when there is none of that id, or none of that tenant
   */
  revoke(id: string, at: number, by: AuditActor, tenant?: string): Promise<ApiKey | null>
  /** The keys that were made or revoked after that revision; costs one read of a number when there are none. */
  changesSince(revision: number): Promise<ApiKeyChanges>
  /** Notes when keys were last used; makes no revision. */
  touch(lastUsedAt: ReadonlyMap<string, number>): Promise<void>
}
