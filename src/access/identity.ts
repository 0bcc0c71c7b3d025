import type { ApiKeySettings, BudgetLimits, RateLimits, Scope } from '../contracts/index.ts'

/** Tenant of those who need no key. */
const DEFAULT_TENANT = 'default'

export const SCOPES: readonly Scope[] = [
  'route',
  'execute',
  'routes:read',
  'routes:write',
  'cache',
  'metrics',
  'admin',
]

/** Who is asking. One object a key, the same for all its requests. */
export interface Identity {
  readonly tenant: string
  /** Null where no key was needed. */
  readonly keyId: string | null
  /** With `admin` every scope is here. */
  readonly scopes: ReadonlySet<Scope>
  /** Null: any. */
  readonly models: ReadonlySet<string> | null
  readonly routes: ReadonlySet<string> | null
  readonly routeSets: ReadonlySet<string> | null
  readonly limits: RateLimits
  readonly budgets: BudgetLimits
}

const ALL_SCOPES: ReadonlySet<Scope> = new Set(SCOPES)
const NOTHING = {}

/** Whoever asks where no key is needed: everything is allowed. */
export const ANYONE: Identity = {
  tenant: DEFAULT_TENANT,
  keyId: null,
  scopes: ALL_SCOPES,
  models: null,
  routes: null,
  routeSets: null,
  limits: NOTHING,
  budgets: NOTHING,
}

export function identityOf(key: ApiKeySettings & { readonly id: string }): Identity {
  const { requestsPerMinute, tokensPerMinute } = key
  return {
    tenant: key.tenant,
    keyId: key.id,
    scopes: key.scopes.includes('admin') ? ALL_SCOPES : new Set(key.scopes),
    models: key.models ? new Set(key.models) : null,
    routes: key.routes ? new Set(key.routes) : null,
    routeSets: key.routeSets ? new Set(key.routeSets) : null,
    limits:
      requestsPerMinute === undefined && tokensPerMinute === undefined
        ? NOTHING
        : {
            ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
            ...(tokensPerMinute === undefined ? {} : { tokensPerMinute }),
          },
    budgets: key.budgets ?? NOTHING,
  }
}
