import type { Scope } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import type { Identity } from './identity.ts'

/** What a request needs to be allowed. */
export interface Needed {
  readonly scope: Scope
  readonly model?: string
  readonly route?: string
  readonly routeSet?: string
}

/**
 * Returns where the identity may do this, in some tens of nanoseconds.
 * @throws StrataError `permission_denied` naming what is missing
 */
export function assertMay(identity: Identity, { scope, model, route, routeSet }: Needed): void {
  if (!identity.scopes.has(scope)) {
    throw new StrataError(
      'permission_denied',
      `${nameOf(identity)} has the scopes ${[...identity.scopes].join(', ')}, and this call needs the scope ${scope}; use a key that has it.`,
    )
  }
  assertListed(identity, 'model', model, identity.models)
  assertListed(identity, 'route', route, identity.routes)
  assertListed(identity, 'route set', routeSet, identity.routeSets)
}

function assertListed(
  identity: Identity,
  kind: string,
  name: string | undefined,
  allowed: ReadonlySet<string> | null,
): void {
  if (name === undefined || allowed === null || allowed.has(name)) return
  throw new StrataError(
    'permission_denied',
    `${nameOf(identity)} may not use the ${kind} ${name}; use one that it was made for, or a key that may.`,
  )
}

const nameOf = ({ keyId }: Identity): string => (keyId === null ? 'Who has no key' : `The key ${keyId}`)
