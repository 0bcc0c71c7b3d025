import type { z } from 'zod'
import type { ErrorDetail } from '../errors/index.ts'
import { nearestName } from '../util/nearest-name.ts'
import { percentAsShare } from '../util/percent-as-share.ts'
import { childSchema } from './secrets.ts'
import type { JsonSchema } from './settings.ts'

type Path = readonly PropertyKey[]

/** `['routes', 3, 'name']` → `routes[3].name`. */
export function pathText(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? String(part) : `.${String(part)}`
  }
  return text
}

/**
 * What is wrong with `input`, one detail a problem, unknown keys with the nearest known one.
 * @param schema the JSON Schema of the same Zod schema; tells which keys are known at a path
 */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
  schema: JsonSchema,
): ErrorDetail[] {
  return issues.flatMap((issue) => detailsOf(issue, issue.path, input, schema))
}

function detailsOf(issue: z.core.$ZodIssue, path: Path, input: unknown, schema: JsonSchema): ErrorDetail[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path)
    return issue.keys.map((key) => {
      const nearest = nearestName(key, known)
      return {
        path: pathText([...path, key]),
        message: nearest
          ? `unknown; did you mean ${pathText([...path, nearest])}?`
          : `unknown; known here: ${known.join(', ')}`,
        got: shown(valueAt(input, [...path, key])),
        ...(nearest ? { nearest } : {}),
      }
    })
  }
  const value = valueAt(input, path)
  const detail = { path: pathText(path), message: expectation(issue, value), got: shown(value) }
  const nearest = nearestValue(issue, value)
  return [nearest ? { ...detail, nearest } : detail]
}

function nearestValue(issue: z.core.$ZodIssue, value: unknown): string | undefined {
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    return nearestName(value, issue.values.map(String))
  }
  return issue.code === 'too_big' ? meantShare(issue, value)?.toString() : undefined
}

/** What a percentage meant where a share belongs. */
const meantShare = (issue: z.core.$ZodIssueTooBig, value: unknown): number | undefined =>
  issue.origin === 'number' && issue.maximum === 1 ? percentAsShare(value) : undefined

function expectation(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      // A schema that says what it expects knows better.
      if (!issue.message.startsWith('Invalid input')) return issue.message
      return value === undefined
        ? `required: ${typeName(issue.expected)}`
        : `expected ${typeName(issue.expected)}`
    case 'invalid_value':
      return `expected one of ${issue.values.map((known) => JSON.stringify(known)).join(', ')}`
    case 'too_small':
      return `expected ${sizeName(issue.origin, `${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}`)}`
    case 'too_big': {
      const share = meantShare(issue, value)
      const bound = `${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}`
      return `expected ${sizeName(issue.origin, bound)}${share === undefined ? '' : `; did you mean ${share}?`}`
    }
    case 'invalid_union':
      return `expected ${[...new Set(issue.errors.flat().map(alternative))].join(' or ')}`
    case 'invalid_format':
      return issue.message.startsWith('Invalid string')
        ? `expected text like ${issue.pattern}`
        : issue.message
    default:
      return issue.message
  }
}

/** What one branch of a union would have taken. */
function alternative(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return typeName(issue.expected)
  if (issue.code === 'invalid_value') return issue.values.map((known) => JSON.stringify(known)).join(', ')
  return issue.message
}

function typeName(expected: string): string {
  const names: Record<string, string> = {
    int: 'a whole number',
    number: 'a number',
    string: 'text',
    boolean: 'true or false',
    array: 'a list',
    object: 'an object',
    record: 'an object',
  }
  return names[expected] ?? expected
}

function sizeName(origin: string, bound: string): string {
  if (origin === 'string') return `${bound} characters`
  if (origin === 'array') return `${bound} entries`
  return bound.startsWith('at') ? `a number of ${bound}` : `a number ${bound}`
}

function knownKeys(schema: JsonSchema, path: Path): string[] {
  let here: JsonSchema | undefined = schema
  for (const part of path) {
    here = typeof part === 'number' ? here?.items : childSchema(here, String(part))
    if (!here) return []
  }
  return Object.keys(here.properties ?? {})
}

function valueAt(input: unknown, path: Path): unknown {
  let here = input
  for (const part of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return undefined
    here = (here as Record<PropertyKey, unknown>)[part]
  }
  return here
}

/** A value as an error message shows it: short, on one line. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value) ?? typeof value
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`
}
