import type { RouteOptions, RouteSet } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'

const MOST_CANDIDATES = 100

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
  for (const [name, list] of Object.entries({ include, exclude, context })) {
    if (list !== undefined && !(Array.isArray(list) && list.every((item) => typeof item === 'string'))) {
      throw new StrataError('invalid_request', `Expected ${name} to be a list of texts.`)
    }
  }
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
  for (const name of [...(include ?? []), ...(exclude ?? [])]) {
    const exists = routeSet.routes.some((route) => route.name === name || route.tags?.includes(name))
    if (!exists) {
      throw new StrataError(
        'invalid_request',
        `Expected include and exclude to name routes or tags of this set, got "${name}", which is neither.`,
      )
    }
  }
}
