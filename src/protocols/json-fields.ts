import type { JsonObject } from '../contracts/index.ts'
import { ProviderFailure } from '../errors/index.ts'

/** Whether a parsed value is an object with fields. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value where it is an object; one without fields where not. */
export function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : EMPTY
}

const EMPTY: JsonObject = Object.freeze({})

/** The objects of a list; none where the value is no list. */
export function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The value where it is text. */
export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The value where it is a finite number. */
export function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** The value where it counts something, 0 where not. */
export function countIn(value: unknown): number {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value : 0
}

/**
 * A JSON object that a provider sent.
 * @throws ProviderFailure `malformed`
 */
export function providerObject(text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new ProviderFailure('malformed', 'Expected JSON from the provider; what came cannot be parsed.', {
      cause: error,
    })
  }
  if (!isObject(value)) {
    const got = value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value
    throw new ProviderFailure('malformed', `Expected a JSON object from the provider; got ${got}.`)
  }
  return value
}

/** The fields that have a value. */
export function given<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  const kept: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) kept[name] = value
  return kept as T
}
