import { z } from 'zod'
import { ERROR_CODES, type ErrorCode } from '../errors/index.ts'
import type { AnyEndpoint } from './endpoint.ts'
import { errorSchema } from './wire/error.ts'

/** The part of OpenAPI 3.1 that we write and render. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: {
    readonly title: string
    readonly version: string
    readonly description: string
    readonly license: object
  }
  /** Absent where it is not known where the endpoints are served. */
  readonly servers?: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

export interface OpenApiOperation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description?: string
  readonly parameters?: readonly OpenApiParameter[]
  readonly requestBody?: { readonly required: true; readonly content: Readonly<Record<string, Content>> }
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, Content>> }>
  >
}

interface OpenApiParameter {
  readonly name: string
  readonly in: 'path' | 'header' | 'query'
  readonly required: boolean
  readonly description: string
  readonly schema: Schema
}

interface Content {
  readonly schema: Schema
  readonly example?: unknown
}

export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly additionalProperties?: Schema | boolean
  readonly [keyword: string]: unknown
}

/** The OpenAPI document of these endpoints. */
export function describeEndpoints(endpoints: readonly AnyEndpoint[], version: string): OpenApiDocument {
  const schemas = new Map<string, Schema>()
  const errorContent = jsonContent(errorSchema, 'output', schemas)
  const paths: Record<string, Record<string, OpenApiOperation>> = {}
  for (const endpoint of endpoints) {
    const operations = paths[endpoint.path] ?? {}
    operations[endpoint.method.toLowerCase()] = operationOf(endpoint, schemas, errorContent)
    paths[endpoint.path] = operations
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'StrataRouter',
      version,
      description:
        'Decides for every message where it goes, with a confidence that is a probability. Every error has the shape of the schema Error.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: [...new Set(endpoints.map((endpoint) => endpoint.tag))].map((name) => ({ name })),
    paths,
    components: { schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))) },
  }
}

/** The document of the server at `url`. */
export function servedAt({ openapi, info, ...document }: OpenApiDocument, url: string): OpenApiDocument {
  return { openapi, info, servers: [{ url }], ...document }
}

function jsonContent(
  schema: z.ZodType,
  io: 'input' | 'output',
  schemas: Map<string, Schema>,
  example?: unknown,
): Record<string, Content> {
  const content = { schema: jsonSchemaOf(schema, io, schemas), ...(example === undefined ? {} : { example }) }
  return { 'application/json': content }
}

function operationOf(
  endpoint: AnyEndpoint,
  schemas: Map<string, Schema>,
  errorContent: Record<string, Content>,
): OpenApiOperation {
  const parameters: OpenApiParameter[] = Object.entries(endpoint.params ?? {}).map(([name, description]) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string' },
  }))
  if (endpoint.takesIfMatch) {
    parameters.push({
      name: 'If-Match',
      in: 'header',
      required: false,
      description:
        'The version of the route set that this change is based on; 409 `version_conflict` when it is another.',
      schema: { type: 'string' },
    })
  }
  parameters.push(...queryParameters(endpoint, schemas))
  const answers = Object.entries(endpoint.answers).map(([status, { description, schema, contentType }]) => {
    const content = {
      ...(schema ? jsonContent(schema, 'output', schemas) : {}),
      ...(contentType ? { [contentType]: { schema: { type: 'string' } } } : {}),
    }
    return [status, { description, ...(schema || contentType ? { content } : {}) }] as const
  })
  return {
    operationId: endpoint.operation,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    ...(endpoint.description ? { description: endpoint.description } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(endpoint.body
      ? {
          requestBody: {
            required: true as const,
            content: jsonContent(endpoint.body, 'input', schemas, endpoint.example),
          },
        }
      : {}),
    responses: Object.fromEntries([
      ...answers,
      ...errorAnswers(
        endpoint,
        endpoint.errorSchema ? jsonContent(endpoint.errorSchema, 'output', schemas) : errorContent,
      ),
    ]),
  }
}

function queryParameters({ query }: AnyEndpoint, schemas: Map<string, Schema>): OpenApiParameter[] {
  if (query === undefined) return []
  const { properties = {}, required = [] } = jsonSchemaOf(query, 'output', schemas)
  return Object.entries(properties).map(([name, { description = '', ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    description,
    schema,
  }))
}

function errorAnswers(endpoint: AnyEndpoint, content: Record<string, Content>) {
  const codes: ErrorCode[] = [
    ...endpoint.errors,
    ...(endpoint.body ? (['unsupported_media_type'] as const) : []),
  ]
  const byStatus = Map.groupBy(codes, (code) => ERROR_CODES[code].status)
  return [...byStatus].map(
    ([status, group]) =>
      [String(status), { description: group.map((code) => `\`${code}\``).join(', '), content }] as const,
  )
}

/** The schema with its named parts moved to `components`. Answers may gain fields, so theirs are left open. */
function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Map<string, Schema>): Schema {
  const text = JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: 'any' }))
  const {
    $defs,
    $schema: _,
    ...root
  } = JSON.parse(text, (key, value) => {
    if (key === '$ref') return String(value).replace('#/$defs/', '#/components/schemas/')
    return key === 'additionalProperties' && value === false && io === 'output' ? undefined : value
  }) as Schema & { $defs?: Record<string, Schema> }
  for (const [name, part] of Object.entries($defs ?? {})) schemas.set(name, part)
  return root
}
