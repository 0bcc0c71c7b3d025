import { expect, it } from 'vitest'
import type { ApiKeySettings } from '../contracts/index.ts'
import { refusal } from '../testing/refusal.ts'
import { assertMay, type Needed } from './assert-may.ts'
import { ANYONE, identityOf, SCOPES } from './identity.ts'

const identity = (settings: Partial<ApiKeySettings>) =>
  identityOf({ id: 'key_1', name: 'n', tenant: 't', scopes: ['execute'], expiresAt: null, ...settings })

it('a scope that the key lacks is named', () => {
  assertMay(identity({}), { scope: 'execute' })
  const error = refusal(() => assertMay(identity({}), { scope: 'routes:write' }))
  expect(error).toMatchObject({ code: 'permission_denied', status: 403 })
  expect(error.message).toMatch(/key_1 has the scopes execute.*needs the scope routes:write/)
})

it('admin may everything, and so may anybody where no key is needed', () => {
  for (const scope of SCOPES) {
    assertMay(identity({ scopes: ['admin'] }), { scope })
    assertMay(ANYONE, { scope, model: 'm', route: 'r', routeSet: 's' })
  }
})

it.each([
  ['model', 'models', 'model'],
  ['route', 'routes', 'route'],
  ['route set', 'routeSets', 'routeSet'],
] as const)('a %s that is not listed is named; without a list all are allowed', (kind, list, field) => {
  const asked = (name: string): Needed => ({ scope: 'execute', [field]: name })
  assertMay(identity({}), asked('any'))
  assertMay(identity({ [list]: ['one', 'two'] }), asked('two'))
  assertMay(identity({ [list]: ['one'] }), { scope: 'execute' })
  expect(() => assertMay(identity({ [list]: ['one'] }), asked('three'))).toThrow(
    new RegExp(`may not use the ${kind} three`),
  )
})
