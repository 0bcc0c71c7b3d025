import type { RequestListener, Server } from 'node:http'
import { Readable } from 'node:stream'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify, LogController } from 'fastify'
import { ANYONE, type Identity } from '../access/index.ts'
import type { App } from '../app/index.ts'
import type { Span } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import { acceptableRequestId, createIdSource, type Operation } from '../observability/index.ts'
import type { Execution } from '../runtime/runtime.ts'
import { assertRouteSet, audit, authorize } from './access.ts'
import { answerBrokenRequest } from './broken-request.ts'
import { consoleEndpoints } from './console/console-endpoints.ts'
import { answerCrossOrigin } from './cross-origin.ts'
import { documentPages } from './document-pages.ts'
import { type AnyEndpoint, expectedVersionOf, isHot, type JsonText } from './endpoint.ts'
import { ABORTED_STATUS, errorBody, refusalOf, retryAfterSeconds } from './error-answer.ts'
import { gatewayEndpoints } from './gateway/gateway-endpoints.ts'
import { refuseForeignHosts } from './host-check.ts'
import { type HotPath, serveHotPath } from './hot/hot-path.ts'
import { keyEndpoints } from './management/key-endpoints.ts'
import { usageEndpoints } from './management/usage-endpoints.ts'
import { olderEndpoints } from './older/older-endpoints.ts'
import { describeEndpoints, type OpenApiDocument } from './openapi.ts'
import { Overload, RETRY_AFTER_SECONDS, turnClock } from './overload.ts'
import { parseJsonText } from './parse-json-body.ts'
import { endRequestSpan } from './request-span.ts'
import { decisionRecordEndpoints } from './routes/decision-records.ts'
import { decisionEndpoints } from './routes/decisions.ts'
import { diffEndpoints } from './routes/diff.ts'
import { driftEndpoints } from './routes/drift.ts'
import { evaluationEndpoints } from './routes/evaluation.ts'
import { feedbackEndpoints } from './routes/feedback.ts'
import { healthEndpoints, type Readiness } from './routes/health.ts'
import { lintEndpoints } from './routes/lint.ts'
import { routeSetEndpoints } from './routes/route-sets.ts'
import { routesEndpoints } from './routes/routes.ts'
import { allowedMethods, refuseUnmatched } from './unmatched.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Null until a route has matched. */
    operation: Operation | null
    /** The body as JSON text; empty where there is none. */
    bodyText: string
    /** Whether it counts as a call of a model, see `Metrics.modelCalls`. */
    isModelCall: boolean
    /** Milliseconds of the request that were spent waiting for others. */
    externalMs: number
    /** How a model answered it; null where none did. */
    execution: Execution | null
    /** Where requests are traced. */
    span: Span | undefined
    /** Null until it is known, and for calls that anyone may make. */
    identity: Identity | null
  }
  interface FastifyContextConfig {
    errorBody?: NonNullable<AnyEndpoint['errorBody']>
  }
}

const REQUEST_TIMEOUT_MS = 60_000
/** Longer than common load balancers keep idle connections, so that they close first. */
const KEEP_ALIVE_MS = 72_000

const OVERLOAD_LOG_INTERVAL_MS = 10_000

/** The HTTP server of an app, not yet listening. */
export interface BuiltServer {
  readonly fastify: FastifyInstance
  readonly readiness: Readonly<Readiness>
  /** From now on not ready, and every answer asks to end its connection; idle connections stay, as they may be in use. */
  drain(): void
  /** Takes no new connection and ends those that are idle, at once or after their answer; resolves when all are gone. */
  close(): Promise<void>
  /** Ends every connection, whatever is under way. */
  cut(): void
}

/** Every endpoint, in the order of the reference. */
function allEndpoints(readiness: Readiness): readonly AnyEndpoint[] {
  return [
    ...decisionEndpoints,
    ...decisionRecordEndpoints,
    ...feedbackEndpoints,
    ...routesEndpoints,
    ...routeSetEndpoints,
    ...driftEndpoints,
    ...evaluationEndpoints,
    ...lintEndpoints,
    ...diffEndpoints,
    ...gatewayEndpoints,
    ...keyEndpoints,
    ...usageEndpoints,
    ...healthEndpoints(readiness),
    ...olderEndpoints,
  ]
}

/** What `/openapi.json` answers; needs no running server. */
export function openApiDocument(version: string): OpenApiDocument {
  return describeEndpoints(allEndpoints(newReadiness()), version)
}

const newReadiness = (): Readiness => ({ isDraining: false, wasAsked: false })

/** @param requestTimeoutMs how long a client may take to send a whole request; noticed within twice the time */
export function buildServer(app: App, requestTimeoutMs = REQUEST_TIMEOUT_MS): BuiltServer {
  const { server: settings } = app.config
  const readiness = newReadiness()
  let isClosing = false
  const nextId = createIdSource('req')
  const overload = overloadOf(app)
  const endpoints = allEndpoints(readiness)
  const closeIdle = () => setImmediate(() => instance.server.closeIdleConnections())
  const logsRequests = app.logger.isLevelEnabled('debug')
  let hotPath: HotPath | undefined
  const instance = fastify({
    serverFactory(handler) {
      const listener = createListener(settings.tls, requestTimeoutMs, handler)
      // Requests that are logged or traced go through the framework, which does that; so do those that are encrypted.
      if (!logsRequests && app.tracer === undefined && settings.tls === undefined) {
        hotPath = serveHotPath(listener, {
          app,
          endpoints: endpoints.filter(isHot),
          overload,
          nextId,
          idleTimeoutMs: KEEP_ALIVE_MS,
          isDraining: () => readiness.isDraining,
        })
      }
      return listener
    },
    loggerInstance: app.logger,
    // A logger of its own for each request would say nothing more, and take a microsecond and a kilobyte.
    childLoggerFactory: (logger) => logger,
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: false,
    genReqId: (request) => acceptableRequestId(request.headers['x-request-id']) ?? nextId(),
    bodyLimit: settings.bodyLimitBytes,
    trustProxy: typeof settings.trustProxy === 'boolean' ? settings.trustProxy : [...settings.trustProxy],
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 1024 },
    // Bodies are read by `parse` of an endpoint. Without this, Fastify loads compilers for schemas, 4 MB of memory.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    frameworkErrors: (error, request, reply) => sendError(app, error, request, reply),
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, nextId()),
  }) as unknown as FastifyInstance

  instance.removeAllContentTypeParsers()
  const types = ['application/json', 'application/merge-patch+json']
  instance.addContentTypeParser(types, { parseAs: 'buffer' }, (request, body, done) => {
    try {
      if (body.length === 0) {
        done(null)
        return
      }
      const { text, value } = parseJsonText(body as Buffer)
      request.bodyText = text
      done(null, value)
    } catch (error) {
      done(error as Error)
    }
  })

  const unmatched = app.metrics.operation('unmatched')
  instance.decorateRequest('operation', null)
  instance.decorateRequest('bodyText', '')
  instance.decorateRequest('isModelCall', false)
  instance.decorateRequest('externalMs', 0)
  instance.decorateRequest('execution', null)
  instance.decorateRequest('span', undefined)
  instance.decorateRequest('identity', null)
  const { metrics } = app
  const finished = (request: FastifyRequest, reply: FastifyReply) => {
    metrics.inFlight--
    if (request.isModelCall) metrics.modelCalls--
    const seconds = reply.elapsedTime / 1000
    const operation = request.operation ?? unmatched
    const ownSeconds = Math.max(0, seconds - request.externalMs / 1000)
    operation.done(reply.raw.writableFinished ? reply.statusCode : ABORTED_STATUS, seconds, ownSeconds)
    if (logsRequests) logRequest(request, reply)
    if (request.span !== undefined) endRequestSpan(request.span, request, reply)
    if (isClosing) closeIdle()
  }
  instance.addHook('onRequest', (request, reply, done) => {
    metrics.inFlight++
    // Not a hook of the framework: none is called when the client has gone away.
    reply.raw.once('close', () => finished(request, reply))
    reply.header('x-request-id', request.id)
    if (readiness.isDraining) reply.header('connection', 'close')
    done()
  })
  const checkHost = refuseForeignHosts(settings)
  if (checkHost) instance.addHook('onRequest', checkHost)
  if (settings.cors.length > 0) instance.addHook('onRequest', answerCrossOrigin(settings.cors))
  instance.setErrorHandler((error, request, reply) => sendError(app, error, request, reply))

  const pages = [...documentPages(() => describeEndpoints(endpoints, app.version)), ...consoleEndpoints()]
  for (const endpoint of [...endpoints, ...pages]) register(instance, app, endpoint, overload)
  const allowed = allowedMethods([...endpoints, ...pages])
  // Before a body is read: the framework would read one, and has its own opinion of methods that it does not know.
  instance.addHook('onRequest', (request, reply, done) => {
    done(request.is404 ? refuseUnmatched(request, reply, allowed(request.url)) : undefined)
  })
  return {
    fastify: instance,
    readiness,
    drain() {
      readiness.isDraining = true
    },
    close() {
      isClosing = true
      hotPath?.close()
      return instance.close()
    },
    cut() {
      hotPath?.destroy()
      instance.server.closeAllConnections()
    },
  }
}

function noSchemas(): never {
  throw new Error('no endpoint has a schema of Fastify')
}

/** Tells the log of requests that are refused, at most once in a while. */
function overloadOf({ metrics, logger, clock, config: { limits } }: App): Overload {
  let quietUntilMs = 0
  return new Overload(
    { inFlight: () => metrics.inFlight - metrics.modelCalls, delayMs: turnClock(clock.monotonicMs) },
    limits,
    (cause) => {
      const nowMs = clock.monotonicMs()
      if (nowMs < quietUntilMs) return
      quietUntilMs = nowMs + OVERLOAD_LOG_INTERVAL_MS
      logger.warn({ limit: `limits.${cause}` }, 'more requests than can be answered; some are refused')
    },
  )
}

function createListener(
  tls: App['config']['server']['tls'],
  requestTimeoutMs: number,
  handler: RequestListener,
): Server {
  const options = {
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: requestTimeoutMs / 2,
    keepAliveTimeout: KEEP_ALIVE_MS,
  }
  // Not imports: those read every export of node:http, which loads its WebSocket client, 12 MB of memory.
  return tls === undefined
    ? process.getBuiltinModule('node:http').createServer(options, handler)
    : process.getBuiltinModule('node:https').createServer({ ...options, ...tls }, handler)
}

function register(instance: FastifyInstance, app: App, endpoint: AnyEndpoint, overload: Overload): void {
  const operation = app.metrics.operation(endpoint.operation)
  const parse = endpoint.parse as ((body: unknown, app: App) => never) | undefined
  const handle =
    endpoint.handle ?? (({ app, body, identity }) => wholeAnswer(endpoint.decide(app, body, identity)))
  const takesIfMatch = endpoint.takesIfMatch === true
  const none = {}
  instance.route({
    method: endpoint.method,
    url: endpoint.path.replace(/\{(\w+)\}/g, ':$1'),
    config: {
      anyHost: endpoint.anyHost === true,
      ...(endpoint.errorBody ? { errorBody: endpoint.errorBody } : {}),
    },
    onRequest(request, reply, done) {
      request.operation = operation
      // Not of what is asked every few seconds to see whether all is well.
      if (endpoint.neverShed !== true) request.span = app.tracer?.start(request.headers)
      const refusal = endpoint.neverShed === true ? undefined : overload.refusal(endpoint.scope === 'execute')
      if (refusal !== undefined) {
        reply.header('retry-after', RETRY_AFTER_SECONDS)
        done(refusal)
        return
      }
      try {
        request.identity = authorize(app, endpoint, request.headers)
        done()
      } catch (error) {
        done(error as Error)
      }
    },
    handler(request, reply) {
      if (parse !== undefined && request.body === undefined) {
        throw new StrataError('invalid_request', 'The body is empty; send a JSON object.')
      }
      const body = parse === undefined ? (undefined as never) : parse(request.body, app)
      const condition = takesIfMatch ? expectedVersionOf(request.headers['if-match']) : none
      const params = request.params as Record<string, string>
      const identity = request.identity ?? ANYONE
      if (identity.routeSets !== null) assertRouteSet(identity, endpoint, params, body)
      const value = handle({ app, identity, body, params, condition, reply })
      if (endpoint.isAudited === true) {
        return Promise.resolve(value).then(async (awaited: unknown) => {
          await audit(app, identity, endpoint, request.url, request.body)
          return send(reply, awaited)
        })
      }
      if (value instanceof Promise) return value.then((awaited: unknown) => send(reply, awaited))
      return send(reply, value)
    },
  })
}

function wholeAnswer(decided: JsonText | Promise<JsonText>): string | Promise<string> {
  if (decided instanceof Promise) return decided.then(wholeAnswer)
  return typeof decided === 'string' ? decided : decided.join('')
}

/** Strings go out as they are: JSON already, unless the handler has said otherwise. */
function send(reply: FastifyReply, value: unknown): FastifyReply {
  // The handler has written the answer itself.
  if (reply.sent) return reply
  if (value instanceof Readable) return reply.send(value)
  if (!reply.hasHeader('content-type') && reply.statusCode !== 204) {
    reply.header('content-type', 'application/json; charset=utf-8')
  }
  return reply.send(typeof value === 'string' ? value : JSON.stringify(value))
}

function sendError(app: App, thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { id: requestId, method, url } = request
  const error = refusalOf(thrown, { requestId, method, url }, app)
  // A body that was not read to its end cannot be followed by another request on the connection.
  if (error.code === 'payload_too_large') reply.header('connection', 'close')
  const retryAfter = retryAfterSeconds(error)
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter)
  return reply
    .code(error.status)
    .header('x-request-id', request.id)
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify((request.routeOptions.config.errorBody ?? errorBody)(error, request.id)))
}

function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  request.log.debug(
    {
      requestId: request.id,
      method: request.method,
      url: request.url,
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
      client: request.ip,
    },
    'request',
  )
}
