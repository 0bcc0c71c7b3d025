import type { OpenApiDocument, OpenApiOperation, Schema } from './openapi.ts'

/** Every operation of a document, in its order. */
export function operationsOf(
  document: OpenApiDocument,
): { readonly method: string; readonly path: string; readonly operation: OpenApiOperation }[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  )
}

/** A schema in a few words, such as `list of text` or `RouteSet or null`; names of schemas begin with a capital. */
export function typeText(schema: Schema): string {
  if (schema.$ref) return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ')
  if (schema.anyOf) return schema.anyOf.map(typeText).join(' or ')
  switch (schema.type) {
    case 'array':
      return schema.items ? `list of ${typeText(schema.items)}` : 'list'
    case 'object':
      if (schema.properties) return `{ ${Object.keys(schema.properties).join(', ')} }`
      return typeof schema.additionalProperties === 'object'
        ? `map of ${typeText(schema.additionalProperties)}`
        : 'object'
    case 'string':
      return 'text'
    case 'integer':
      return 'whole number'
    case undefined:
      return 'anything'
    default:
      return String(schema.type)
  }
}
