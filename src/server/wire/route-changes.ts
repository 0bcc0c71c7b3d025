import { parseRoute } from '../../app/index.ts'
import type { RouteDefinition } from '../../contracts/index.ts'
import { type ErrorDetail, StrataError } from '../../errors/index.ts'

const NOTHING_SAID = 'expected an example, a description or a rule'

/**
 * Refuses routes of which only the name would say what belongs there: whoever sends one has most often left out what
 * was to stay.
 * @param path where the routes are in the body; not given for a single one
 * @throws StrataError `invalid_route_set`
 */
export function assertSaysSomething(routes: readonly RouteDefinition[], path?: string): void {
  const details = routes.flatMap((route, index): ErrorDetail[] => {
    const says = route.examples.length > 0 || route.description !== undefined || route.rules !== undefined
    if (says) return []
    const place = path === undefined ? '' : `${path}[${index}].`
    return [{ path: `${place}examples`, message: NOTHING_SAID, got: route.name }]
  })
  const first = details[0]
  if (first === undefined) return
  const rest = details.length > 1 ? ` (and ${details.length - 1} more in details)` : ''
  throw new StrataError(
    'invalid_route_set',
    `The route ${first.got} would be left with its name alone: ${NOTHING_SAID}${rest}. To change a part of a route and keep the rest, use PATCH.`,
    { details },
  )
}

/**
 * The route with a JSON merge patch applied, not checked yet.
 * @throws StrataError `invalid_request` when the patch is no object
 * @see RFC 7396
 */
export function patched(route: RouteDefinition, patch: unknown): unknown {
  if (isObject(patch)) return mergePatch(route, withoutAlias(patch))
  throw new StrataError(
    'invalid_request',
    'Expected an object with the fields to change, such as {"threshold": 0.7}.',
  )
}

/** The route with those of the examples that it has not yet; the very same where it has all. */
export function withExamples(route: RouteDefinition, examples: readonly string[]): RouteDefinition {
  const all = [...new Set([...route.examples, ...examples])]
  const isNew = examples.some((example) => !route.examples.includes(example))
  return isNew ? parseRoute({ ...route, examples: all }) : route
}

type JsonObject = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Examples under their other name are the same field. */
function withoutAlias(patch: JsonObject): JsonObject {
  const { utterances, ...rest } = patch
  return utterances === undefined || Object.hasOwn(patch, 'examples')
    ? patch
    : { ...rest, examples: utterances }
}

/** Of entries, so that a field called `__proto__` is a field like any other. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const merged = new Map(isObject(target) ? Object.entries(target) : [])
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name)
    else merged.set(name, mergePatch(merged.get(name), value))
  }
  return Object.fromEntries(merged)
}
