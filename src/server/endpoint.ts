import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Identity } from '../access/index.ts'
import type { App } from '../app/index.ts'
import { type JsonSchema, problemsOf } from '../config/index.ts'
import type { Scope } from '../contracts/index.ts'
import { type ErrorCode, StrataError } from '../errors/index.ts'
import type { JsonBytes } from './wire/decision-json.ts'

interface Answer {
  readonly description: string
  /** Absent: no body, or one that is not JSON. */
  readonly schema?: z.ZodType
  /** Of a body that is not JSON; beside `schema`, of what a caller may ask for instead. */
  readonly contentType?: string
}

/** What a handler has in hand. */
interface Call<Body> {
  readonly app: App
  /** Who is asking. */
  readonly identity: Identity
  readonly body: Body
  readonly params: Readonly<Record<string, string>>
  /** From `If-Match`, where the endpoint takes it. */
  readonly condition: { readonly expectedVersion?: number }
  readonly reply: FastifyReply
}

/** One call of the HTTP interface: its documentation and what it does, so that neither can be without the other. */
interface EndpointBase<Body> {
  /** The operation's name in OpenAPI and in metrics. */
  readonly operation: string
  /** What a key must be allowed for this call, where keys are needed; null: anyone may make it. */
  readonly scope: Scope | null
  /** Tells of every route set, so that keys for some of them may not make it. */
  readonly seesAllSets?: boolean
  /** Written to the audit log when it has succeeded. */
  readonly isAudited?: boolean
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With parameters as `{name}`. */
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  /** Description of each parameter in the path. */
  readonly params?: Readonly<Record<string, string>>
  readonly takesIfMatch?: boolean
  /** Answers under any name, for probes that call by address; for answers that tell nothing of the routes. */
  readonly anyHost?: boolean
  /** Answers under any load, for what watches the server. */
  readonly neverShed?: boolean
  /** How errors are told where the interface is another one's; ours where not given. */
  readonly errorBody?: (error: StrataError, requestId: string) => unknown
  /** What `errorBody` makes. */
  readonly errorSchema?: z.ZodType
  /** What may come after the question mark; the handler reads it from `reply.request`. */
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** A body worth copying. */
  readonly example?: unknown
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>
  readonly errors: readonly ErrorCode[]
  /** Checks the body; `invalid_request` with every problem in `details`. */
  readonly parse?: (body: unknown, app: App) => Body
}

/** An endpoint like most, served through the framework. */
interface FramedEndpoint<Body> extends EndpointBase<Body> {
  /** The JSON value to answer with, or a string that is sent as it is; the reply's status is 200 unless set. */
  readonly handle: (call: Call<Body>) => unknown
  readonly decide?: never
}

/** JSON, whole or as pieces that make it up in their order, none of which ends within a character. */
export type JsonText = string | readonly JsonPiece[]

export type JsonPiece = string | JsonBytes

/** An endpoint that needs only the body and always answers 200, so that it can be served without the framework (`hot/`). */
export interface HotEndpoint<Body = never> extends EndpointBase<Body> {
  readonly parse: (body: unknown, app: App) => Body
  /** The answer; in pieces where it is long. */
  readonly decide: (app: App, body: Body, identity: Identity) => JsonText | Promise<JsonText>
  readonly handle?: never
}

type Endpoint<Body = never> = FramedEndpoint<Body> | HotEndpoint<Body>

/** An endpoint whatever its body; the server hands each its own parse's result. */
export type AnyEndpoint = Endpoint<never>

export const isHot = (endpoint: AnyEndpoint): endpoint is HotEndpoint => endpoint.decide !== undefined

export function defineEndpoint<Body = undefined>(endpoint: Endpoint<Body>): AnyEndpoint {
  return endpoint as unknown as AnyEndpoint
}

/** A checker for bodies of a schema. */
export function bodyParser<Schema extends z.ZodType>(schema: Schema): (body: unknown) => z.output<Schema> {
  const { $defs, ...root } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema & {
    $defs?: Record<string, JsonSchema>
  }
  // A schema with a name of its own comes out as a reference to its only definition.
  const jsonSchema = Object.values($defs ?? {})[0] ?? root
  return (body) => {
    const result = schema.safeParse(body)
    if (result.success) return result.data
    throw invalidBody(problemsOf(result.error.issues, body, jsonSchema))
  }
}

function invalidBody(details: ReturnType<typeof problemsOf>): StrataError {
  const first = details[0]
  const rest = details.length > 1 ? ` (and ${details.length - 1} more in details)` : ''
  const place = first?.path ? `${first.path}: ` : ''
  return new StrataError('invalid_request', `The body cannot be used: ${place}${first?.message}${rest}.`, {
    details,
  })
}

/** `"7"` or `7` → 7; anything else is refused. */
export function expectedVersionOf(header: string | undefined): { expectedVersion?: number } {
  if (header === undefined) return {}
  const digits = /^\s*"?(\d{1,15})"?\s*$/.exec(header)?.[1]
  if (digits === undefined) {
    throw new StrataError(
      'invalid_request',
      'If-Match must be a version of the route set, such as "7" (0: not made yet).',
      {
        details: [{ path: 'If-Match', message: 'expected a version', got: header.slice(0, 80) }],
      },
    )
  }
  return { expectedVersion: Number(digits) }
}
