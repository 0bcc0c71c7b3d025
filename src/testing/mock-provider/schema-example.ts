import type { JsonObject } from '../../contracts/index.ts'
import { arrayOf, numberOf, objectOf, stringOf } from './loose-json.ts'

/** Schemas that contain themselves end here. */
const DEEPEST = 12

/**
 * A value that a JSON Schema of the kind that providers accept allows: the first of a choice, the least of a range. Texts are
 * `text`, cut or filled up to the length that is asked for; patterns are not looked at.
 */
export const schemaExample = (schema: unknown, text: string): unknown =>
  exampleOf(objectOf(schema), text, objectOf(schema), 0)

function exampleOf(schema: JsonObject, text: string, root: JsonObject, depth: number): unknown {
  const next = (inner: unknown) => exampleOf(objectOf(inner), text, root, depth + 1)
  if (depth > DEEPEST) return null
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum)) return schema.enum[0]
  if (typeof schema.$ref === 'string') return next(followed(schema.$ref, root))
  const choice = arrayOf(schema.anyOf)[0] ?? arrayOf(schema.oneOf)[0]
  if (choice !== undefined) return next(choice)
  const all = arrayOf(schema.allOf)
  if (all.length > 0) return next(Object.assign({}, ...all.map(objectOf)))
  switch (kindOf(schema)) {
    case 'object': {
      const wanted = schema.required === undefined ? undefined : arrayOf(schema.required)
      const properties = Object.entries(objectOf(schema.properties)).filter(
        // What need not be there is left out where schemas go deep, as those do that contain themselves.
        ([name]) => depth < 3 || wanted === undefined || wanted.includes(name),
      )
      return Object.fromEntries(properties.map(([name, inner]) => [name, next(inner)]))
    }
    case 'array':
      return Array.from({ length: numberOf(schema.minItems) ?? (depth < 3 ? 1 : 0) }, () =>
        next(schema.items),
      )
    case 'integer':
      return numberIn(schema, true)
    case 'number':
      return numberIn(schema, false)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return exampleText(schema, text)
  }
}

function kindOf(schema: JsonObject): string {
  // Gemini writes types in capitals; a list of types is a choice.
  const named = Array.isArray(schema.type) ? stringOf(schema.type[0]) : stringOf(schema.type)
  return named.toLowerCase() || (schema.properties === undefined ? 'string' : 'object')
}

/** A number of a range: its least, or 1 where only the greatest, if that, is said. */
function numberIn(schema: JsonObject, isInteger: boolean): number {
  const above = numberOf(schema.exclusiveMinimum)
  const below = numberOf(schema.exclusiveMaximum)
  const most = numberOf(schema.maximum) ?? (below === undefined ? undefined : below - 1)
  const least = numberOf(schema.minimum) ?? (above === undefined ? Math.min(1, most ?? 1) : above + 1)
  if (!isInteger && above !== undefined && most !== undefined && most < least) return (above + most) / 2
  const multiple = numberOf(schema.multipleOf) ?? (isInteger ? 1 : undefined)
  return multiple === undefined ? least : Math.ceil(least / multiple) * multiple
}

const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-01-01',
  time: '00:00:00Z',
  'date-time': '2026-01-01T00:00:00Z',
  email: 'mock@example.com',
  uri: 'https://example.com/mock',
  uuid: '00000000-0000-4000-8000-000000000000',
}

function exampleText(schema: JsonObject, text: string): string {
  const formatted = FORMATS[stringOf(schema.format)]
  if (formatted !== undefined) return formatted
  return text.padEnd(numberOf(schema.minLength) ?? 0, '.').slice(0, numberOf(schema.maxLength))
}

/** What `#/$defs/name` points to. */
const followed = (pointer: string, root: JsonObject): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((at, name) => objectOf(at)[name.replaceAll('~1', '/').replaceAll('~0', '~')], root)
