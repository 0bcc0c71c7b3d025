import type { FastifyReply } from 'fastify'
import type { Identity } from '../../access/index.ts'
import type { App } from '../../app/index.ts'
import type { JsonObject, ModelCall, Protocol } from '../../contracts/index.ts'
import { ProviderFailure, StrataError } from '../../errors/index.ts'
import { callerProtocols } from '../../protocols/caller-protocols.ts'
import { beginModelCall } from './begin-model-call.ts'
import { executionHeaders } from './execution-headers.ts'
import { writeEvents } from './write-events.ts'
import { writeWhole } from './write-whole.ts'

/** A checked body with the protocol that it is in. */
export interface ReadCall {
  readonly protocol: Protocol
  readonly body: JsonObject
}

/** @throws StrataError `invalid_request` for what cannot be understood; what is not known is left alone */
export function readCall(protocol: Protocol, value: unknown): ReadCall {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StrataError('invalid_request', 'The body must be a JSON object.')
  }
  const body = value as JsonObject
  const details = callerProtocols[protocol].check(body)
  if (details.length === 0) return { protocol, body }
  const list = details.map(({ path, message }) => `${path}: ${message}`).join(' ')
  throw new StrataError('invalid_request', `The body cannot be understood. ${list}`, { details })
}

/** Errors as the clients of a protocol read them. */
export function callerErrorBody(protocol: Protocol): (error: StrataError, requestId: string) => unknown {
  return (error, requestId) => {
    // The provider's own words say more than ours, and clients know how to read them.
    if (error instanceof ProviderFailure && error.outcome === 'refused' && error.body !== undefined) {
      return JSON.parse(error.body)
    }
    return callerProtocols[protocol].errorBody({
      status: error.status,
      code: error.code,
      message: error.message,
      details: error.details,
      requestId,
    })
  }
}

/** Headers of the protocols that are passed on. Who is charged is told by our own key: not `openai-organization` and the like. */
const PASSED_ON = ['anthropic-version', 'anthropic-beta', 'openai-beta']
/** Directives of `Cache-Control` with which a caller wants an answer that is its own. */
const ALONE = /\bno-(?:store|cache)\b/i

/** What the headers of a request say of how it is to be answered. */
export function askedFor(headers: FastifyReply['request']['headers']): {
  readonly mayCoalesce?: false
  readonly session?: string
  readonly routeSet?: string
} {
  const session = headers['x-stratarouter-session']
  const routeSet = headers['x-stratarouter-route-set']
  const cacheControl = headers['cache-control']
  return {
    ...(cacheControl !== undefined && ALONE.test(cacheControl) ? { mayCoalesce: false } : {}),
    ...(typeof session === 'string' ? { session } : {}),
    ...(typeof routeSet === 'string' ? { routeSet } : {}),
  }
}

/** Headers of a request that belong to the protocols; most have none. */
export function passedOn(
  headers: FastifyReply['request']['headers'],
): Readonly<Record<string, string>> | undefined {
  let passed: Record<string, string> | undefined
  for (const name of PASSED_ON) {
    const value = headers[name]
    if (typeof value !== 'string') continue
    passed ??= {}
    passed[name] = value
  }
  return passed
}

/** Has a call answered, and writes the answer as the caller's protocol has it. */
export async function answerCall({
  app,
  identity,
  body: { protocol, body },
  reply,
}: {
  readonly app: App
  readonly identity: Identity
  readonly body: ReadCall
  readonly reply: FastifyReply
}): Promise<void> {
  const { request } = reply
  const { headers } = request
  const call: ModelCall = {
    protocol,
    body,
    text: request.bodyText,
    stream: body.stream === true,
    headers: passedOn(headers),
  }
  const { runtime } = await app.gateway()
  const signal = beginModelCall(app, reply)
  const execution = await runtime.execute({
    call,
    ...askedFor(headers),
    model: body.model as string,
    identity,
    signal,
    span: request.span,
    waits: request,
  })
  request.execution = execution
  const { answer } = execution
  const begunMs = reply.elapsedTime
  const answerHeaders = executionHeaders(execution, begunMs)
  if (answer.kind === 'whole') {
    writeWhole(reply, answerHeaders, answer)
    return
  }
  await writeEvents(
    reply,
    answerHeaders,
    answer.events,
    (error) =>
      callerProtocols[protocol].errorEvent({
        status: error.status,
        code: error.code,
        message: error.message,
        requestId: request.id,
      }),
    app.config.timeouts.betweenEventsMs,
  )
  request.externalMs += reply.elapsedTime - begunMs
}
