import type { ApiKeySettings } from '../contracts/index.ts'
import { type ErrorDetail, StrataError } from '../errors/index.ts'
import { nearestName } from '../util/nearest-name.ts'
import { SCOPES } from './identity.ts'

const NAME = /^[A-Za-z0-9._:-]{1,128}$/
const MOST_LISTED = 1000
const LONGEST_NAME = 128

/** @throws StrataError `invalid_request` with every problem */
export function checkKeySettings(settings: ApiKeySettings, now: number): void {
  const details = [
    ...nameProblems(settings.name),
    ...(NAME.test(settings.tenant)
      ? []
      : [problem('tenant', 'expected 1 to 128 letters, digits or . _ : -', settings.tenant)]),
    ...scopeProblems(settings.scopes),
    ...(settings.expiresAt === null || settings.expiresAt > now
      ? []
      : [problem('expiresAt', 'expected a time to come', new Date(settings.expiresAt).toISOString())]),
    ...countProblems('requestsPerMinute', settings.requestsPerMinute),
    ...countProblems('tokensPerMinute', settings.tokensPerMinute),
    ...amountProblems('budgets.dailyUsd', settings.budgets?.dailyUsd),
    ...amountProblems('budgets.monthlyUsd', settings.budgets?.monthlyUsd),
    ...listProblems('models', settings.models),
    ...listProblems('routes', settings.routes),
    ...listProblems('routeSets', settings.routeSets),
  ]
  if (details.length === 0) return
  const told = details.map(({ path, message, got }) => `${path}: ${message}, got ${got}`).join('; ')
  throw new StrataError('invalid_request', `The key cannot be made. ${told}.`, { details })
}

const problem = (path: string, message: string, got: unknown): ErrorDetail => ({
  path,
  message,
  got: JSON.stringify(got)?.slice(0, 80) ?? 'nothing',
})

function nameProblems(name: string): ErrorDetail[] {
  const isFine = name.trim() !== '' && name.length <= LONGEST_NAME && !/\p{Cc}/u.test(name)
  return isFine ? [] : [problem('name', 'expected 1 to 128 characters without control characters', name)]
}

function scopeProblems(scopes: readonly string[]): ErrorDetail[] {
  if (scopes.length === 0) return [problem('scopes', `expected one or more of ${SCOPES.join(', ')}`, scopes)]
  const known: readonly string[] = SCOPES
  return scopes.flatMap((scope, index) => {
    const path = `scopes[${index}]`
    if (scopes.indexOf(scope) < index) return [problem(path, 'expected each scope once', scope)]
    if (known.includes(scope)) return []
    const nearest = nearestName(scope, SCOPES)
    const unknown = problem(path, `expected one of ${SCOPES.join(', ')}`, scope)
    return [nearest ? { ...unknown, nearest } : unknown]
  })
}

function countProblems(path: string, count: number | undefined): ErrorDetail[] {
  if (count === undefined || (Number.isSafeInteger(count) && count > 0)) return []
  return [problem(path, 'expected a whole number above 0', count)]
}

function amountProblems(path: string, usd: number | undefined): ErrorDetail[] {
  if (usd === undefined || (usd >= 0.000001 && usd <= 1_000_000_000)) return []
  return [problem(path, 'expected US dollars from 0.000001 to 1000000000', usd)]
}

function listProblems(path: string, names: readonly string[] | undefined): ErrorDetail[] {
  if (names === undefined) return []
  if (names.length === 0 || names.length > MOST_LISTED) {
    return [problem(path, `expected 1 to ${MOST_LISTED} names, or nothing for all`, `${names.length} names`)]
  }
  return names.flatMap((name, index) =>
    name !== '' && name.length <= LONGEST_NAME
      ? []
      : [problem(`${path}[${index}]`, `expected 1 to ${LONGEST_NAME} characters`, name)],
  )
}
