import type { FastifyReply } from 'fastify'
import { type App, DEFAULT_SET, parseRoute } from '../../app/index.ts'
import type { ChatAnswer, RouteDefinition, RouteOptions } from '../../contracts/index.ts'
import { canonicalCall } from '../../protocols/canonical/canonical-call.ts'
import { reportOf, rounded } from '../../runtime/execution-report.ts'
import { type AnyEndpoint, bodyParser, defineEndpoint } from '../endpoint.ts'
import { finishDecision } from '../finish-decision.ts'
import { beginModelCall } from '../gateway/begin-model-call.ts'
import { chatRequest, textOf } from '../gateway/execute-endpoint.ts'
import { MODEL_ERRORS } from '../gateway/model-errors.ts'
import { assertTextLength } from '../wire/read-route-request.ts'
import {
  type OlderDecision,
  type OlderRouteRequest,
  olderBatchAnswerSchema,
  olderBatchRequestSchema,
  olderDecisionSchema,
  olderExecuteAnswerSchema,
  olderExecuteRequestSchema,
  olderRouteBodySchema,
  olderRouteListSchema,
  olderRouteRequestSchema,
  olderRouteSchema,
} from './schemas.ts'
import { olderDecision, olderRoute } from './shapes.ts'

/** When these paths were superseded, as RFC 9745 writes it: 24 November 2026. */
const DEPRECATED_SINCE = '@1795478400'

const common = { tag: 'Older paths' } as const
const readQuery = bodyParser(olderRouteRequestSchema)
const readExecute = bodyParser(olderExecuteRequestSchema)
const readQueries = bodyParser(olderBatchRequestSchema)

function deprecate(reply: FastifyReply, successor: string): void {
  reply.header('deprecation', DEPRECATED_SINCE).header('link', `<${successor}>; rel="successor-version"`)
}

async function decide(app: App, { query, k = 1 }: OlderRouteRequest): Promise<OlderDecision> {
  const router = app.routerFor(DEFAULT_SET, query)
  // One more than asked for: without a match the best route is no alternative to itself.
  const options: RouteOptions = { topK: Math.min(100, k + 1), explain: true }
  const explained = await (app.cascades?.decide(router, query, options) ?? router.route(query, options))
  const { explanation: _, ...decision } = explained
  app.answered(DEFAULT_SET, query, options, explained)
  finishDecision(app, { set: DEFAULT_SET, text: query, decision })
  return olderDecision(explained, k)
}

/** What the REST page of the older StrataRouter names, for those who come from it. */
export const olderEndpoints: readonly AnyEndpoint[] = [
  defineEndpoint({
    ...common,
    operation: 'olderRoute',
    scope: 'route',
    method: 'POST',
    path: '/route',
    summary: 'Decide where a query goes, as the older StrataRouter answers.',
    description: 'Use `POST /v1/route`. Decides by the text with the default route set.',
    body: olderRouteRequestSchema,
    example: { query: 'where is my refund?', k: 2 },
    answers: { 200: { description: 'The decision.', schema: olderDecisionSchema } },
    errors: ['invalid_request', 'text_too_long', 'payload_too_large'],
    parse(body, app) {
      const request = readQuery(body)
      assertTextLength(request.query, 'query', app.config.server.textLimitBytes)
      return request
    },
    handle({ app, body, reply }) {
      deprecate(reply, '/v1/route')
      return decide(app, body)
    },
  }),
  defineEndpoint({
    ...common,
    operation: 'olderRouteBatch',
    scope: 'route',
    method: 'POST',
    path: '/route/batch',
    summary: 'Decide for many queries at once, as the older StrataRouter answers.',
    description: 'Use `POST /v1/route/batch`.',
    body: olderBatchRequestSchema,
    example: { queries: [{ query: 'where is my refund?' }, { query: 'the app crashes when I log in' }] },
    answers: { 200: { description: 'A decision for each query.', schema: olderBatchAnswerSchema } },
    errors: ['invalid_request', 'text_too_long', 'payload_too_large'],
    parse(body, app) {
      const { queries } = readQueries(body)
      for (const [index, { query }] of queries.entries()) {
        assertTextLength(query, `queries[${index}].query`, app.config.server.textLimitBytes)
      }
      return queries
    },
    async handle({ app, body, reply }) {
      deprecate(reply, '/v1/route/batch')
      const results = await Promise.all(body.map((request) => decide(app, request)))
      return { results, total: body.length }
    },
  }),
  defineEndpoint({
    ...common,
    operation: 'olderListRoutes',
    scope: 'routes:read',
    method: 'GET',
    path: '/routes',
    summary: 'List the routes of the default set, as the older StrataRouter answers.',
    description: 'Use `GET /v1/routes`, which shows all that a route has.',
    answers: { 200: { description: 'The routes.', schema: olderRouteListSchema } },
    errors: [],
    handle({ app, reply }) {
      deprecate(reply, '/v1/routes')
      const routes = app.routes.get(DEFAULT_SET).routeSet.routes.map(olderRoute)
      return { routes, total: routes.length }
    },
  }),
  defineEndpoint<RouteDefinition>({
    ...common,
    operation: 'olderAddRoute',
    scope: 'routes:write',
    isAudited: true,
    method: 'POST',
    path: '/routes',
    summary: 'Add a route to the default set, as the older StrataRouter takes it.',
    description: 'Use `POST /v1/routes`. Live when answered.',
    body: olderRouteBodySchema,
    example: {
      id: 'billing',
      description: 'Billing and payment questions',
      examples: ['where is my invoice?', 'I was charged twice'],
      keywords: ['invoice', 'payment'],
    },
    answers: { 201: { description: 'Added.', schema: olderRouteSchema } },
    errors: [
      'invalid_request',
      'invalid_route_set',
      'invalid_rule',
      'route_exists',
      'route_set_read_only',
      'payload_too_large',
      'storage_failed',
      'shutting_down',
    ],
    parse: parseRoute,
    async handle({ app, body, reply }) {
      deprecate(reply, '/v1/routes')
      await app.routes.addRoute(DEFAULT_SET, body, {})
      reply.code(201)
      return olderRoute(body)
    },
  }),
  defineEndpoint({
    ...common,
    operation: 'olderExecute',
    scope: 'execute',
    method: 'POST',
    path: '/execute',
    summary: 'Have a query answered, as the older StrataRouter answers.',
    description: 'Use `POST /v1/execute`.',
    body: olderExecuteRequestSchema,
    example: { query: 'where is my refund?' },
    answers: { 200: { description: 'The answer.', schema: olderExecuteAnswerSchema } },
    errors: ['invalid_request', ...MODEL_ERRORS],
    parse: (body) => readExecute(body),
    async handle({ app, body, identity, reply }) {
      deprecate(reply, '/v1/execute')
      const { runtime } = await app.gateway()
      const call = chatRequest({ text: body.query, model: 'auto', stream: false })
      const execution = await runtime.execute({
        call: canonicalCall(call, false),
        model: 'auto',
        identity,
        signal: beginModelCall(app, reply),
        span: reply.request.span,
        waits: reply.request,
      })
      reply.request.execution = execution
      const { deployment, decision, answer } = execution
      return {
        response: textOf(JSON.parse((answer as { readonly text: string }).text) as ChatAnswer),
        route_id: execution.route ?? null,
        confidence: decision?.confidence ?? 0,
        provider: deployment.provider.name,
        model: deployment.of,
        cache_hit: false,
        cost_usd: reportOf(execution).costUsd,
        latency_ms: rounded(reply.elapsedTime),
      }
    },
  }),
]
