import { assertMay, type Identity } from '../access/index.ts'
import { type App, type CredentialHeaders, DEFAULT_SET } from '../app/index.ts'
import { StrataError } from '../errors/index.ts'
import type { AnyEndpoint } from './endpoint.ts'

/**
 * Who is asking, where the call needs to know; counts a decision against the limits of the key and its tenant.
 * @throws StrataError `invalid_api_key`, `permission_denied`; LimitReached
 */
export function authorize(
  app: App,
  { scope, seesAllSets }: Pick<AnyEndpoint, 'scope' | 'seesAllSets'>,
  headers: CredentialHeaders,
): Identity | null {
  if (scope === null) return null
  const identity = app.identify(headers)
  assertMay(identity, { scope })
  if (seesAllSets === true && identity.routeSets !== null) {
    throw new StrataError(
      'permission_denied',
      `This call tells of every route set, and the key ${identity.keyId} is for ${[...identity.routeSets].join(', ')} only; use another key.`,
    )
  }
  // Calls of models are counted where it is known how many tokens they take.
  if (scope === 'route') app.limits.admit(identity, 0)
  return identity
}

/** @throws StrataError `permission_denied` where a key is not for the route set that a call is about */
export function assertRouteSet(
  identity: Identity,
  { scope, path }: AnyEndpoint,
  params: Readonly<Record<string, string>>,
  body: unknown,
): void {
  if (scope === null) return
  const named = typeof body === 'object' && body !== null && 'routeSet' in body ? body.routeSet : undefined
  const isOfModels = scope === 'execute'
  if (isOfModels || scope === 'admin' || path === '/metrics') return
  assertMay(identity, { scope, routeSet: params.set ?? (typeof named === 'string' ? named : DEFAULT_SET) })
}

/** Writes down that something was changed, and by whom. */
export async function audit(
  app: App,
  { keyId, tenant }: Identity,
  { operation }: AnyEndpoint,
  subject: string,
  payload: unknown,
): Promise<void> {
  await app.stores.audit.append({
    actor: keyId ?? 'anyone',
    tenant: keyId === null ? null : tenant,
    action: operation,
    subject,
    payload: payload ?? null,
  })
}
