import type { RouteOptions, RouteSet } from '../contracts/index.ts'
import { type ErrorDetail, StrataError } from '../errors/index.ts'
import { nearestName } from '../util/nearest-name.ts'

const MOST_CANDIDATES = 100
/** Unknown names that an error names one by one, as looking for the nearest takes a while; characters of each. */
const MOST_NAMED = 5
const MOST_SHOWN = 80

/** @throws StrataError `invalid_request` when `text` is not a string */
export function checkText(text: unknown): void {
  if (typeof text !== 'string') {
    throw new StrataError(
      'invalid_request',
      `Expected the text to route as a string, got ${text === null ? 'null' : typeof text}.`,
    )
  }
}

/** @throws StrataError `invalid_request` for options out of range or names that are neither a route nor a tag */
export function checkRouteOptions(options: RouteOptions, routeSet: RouteSet): void {
  const { topK, threshold, include, exclude, context } = options
  if (include !== undefined) checkTexts('include', include)
  if (exclude !== undefined) checkTexts('exclude', exclude)
  if (context !== undefined) checkTexts('context', context)
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1 && topK <= MOST_CANDIDATES)) {
    throw new StrataError(
      'invalid_request',
      `Expected topK to be a whole number from 1 to ${MOST_CANDIDATES}, got ${String(topK)}.`,
    )
  }
  if (threshold !== undefined && !(threshold >= 0 && threshold <= 1)) {
    throw new StrataError(
      'invalid_request',
      `Expected threshold to be a number from 0 to 1, got ${String(threshold)}.`,
    )
  }
  if (include !== undefined || exclude !== undefined) checkNames({ include, exclude }, routeSet)
}

function checkTexts(name: string, list: unknown): void {
  if (!(Array.isArray(list) && list.every((item) => typeof item === 'string'))) {
    throw new StrataError('invalid_request', `Expected ${name} to be a list of texts.`)
  }
}

function checkNames(
  lists: Readonly<Record<string, readonly string[] | undefined>>,
  { routes }: RouteSet,
): void {
  const exists = (name: string) => routes.some((route) => route.name === name || route.tags?.includes(name))
  const unknown = Object.entries(lists).flatMap(([list, names = []]) =>
    names.flatMap((name, index) => (exists(name) ? [] : [{ path: `${list}[${index}]`, name }])),
  )
  if (unknown.length === 0) return
  const known = routes.flatMap((route) => [route.name, ...(route.tags ?? [])])
  const details = unknown.slice(0, MOST_NAMED).map(({ path, name }): ErrorDetail => {
    const nearest = nearestName(name, known)
    const got = name.slice(0, MOST_SHOWN)
    const message = `there is no route or tag "${got}"${nearest === undefined ? '' : `; did you mean ${nearest}?`}`
    return { path, message, got, ...(nearest === undefined ? {} : { nearest }) }
  })
  const more = unknown.length > 1 ? ` (the first of ${unknown.length})` : ''
  throw new StrataError(
    'invalid_request',
    `Expected include and exclude to name routes or tags of this set. ${details[0]?.path}: ${details[0]?.message}${more}`,
    { details },
  )
}
