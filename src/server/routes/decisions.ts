import type { App } from '../../app/index.ts'
import type { Decision } from '../../contracts/index.ts'
import { createIdSource } from '../../observability/index.ts'
import { type AnyEndpoint, defineEndpoint } from '../endpoint.ts'
import { decisionSchema, decisionsSchema } from '../wire/decision.ts'
import { optionsOf, readBatchRequest, readEmbedding, readRouteRequest } from '../wire/read-route-request.ts'
import { batchRequestSchema, routeRequestSchema } from '../wire/route-request.ts'

const nextId = createIdSource('dec')

/** The decision as JSON with its id in front, counted. */
function record(app: App, decision: Decision): string {
  app.metrics.recordDecision(decision)
  return `{"id":"${nextId()}",${JSON.stringify(decision).slice(1)}`
}

export const decisionEndpoints: readonly AnyEndpoint[] = [
  defineEndpoint({
    operation: 'route',
    method: 'POST',
    path: '/v1/route',
    tag: 'Decisions',
    summary: 'Decide where a message goes.',
    description:
      'Answers with the chosen route, or null for *no match*, and a confidence that is a probability. Give `text`, or `embedding` when the vector is at hand.',
    body: routeRequestSchema,
    example: { text: 'where is my refund?' },
    answers: { 200: { description: 'The decision.', schema: decisionSchema } },
    errors: [
      'invalid_request',
      'dimension_mismatch',
      'route_set_not_found',
      'text_too_long',
      'payload_too_large',
    ],
    parse: (body, app) => readRouteRequest(body, app.config.server.textLimitBytes),
    handle({ app, body }) {
      const router = app.router(body.routeSet)
      const options = optionsOf(body)
      if (body.text !== undefined) return record(app, router.route(body.text, options))
      const vector = readEmbedding(body.embedding as string | readonly number[], app.encoder.dimensions)
      return record(app, router.routeVector(vector, options))
    },
  }),
  defineEndpoint({
    operation: 'routeBatch',
    method: 'POST',
    path: '/v1/route/batch',
    tag: 'Decisions',
    summary: 'Decide for many messages at once.',
    description: 'The same decisions as one call each, in the order of the texts.',
    body: batchRequestSchema,
    example: { texts: ['where is my refund?', 'the app crashes when I log in'] },
    answers: { 200: { description: 'A decision for each text.', schema: decisionsSchema } },
    errors: ['invalid_request', 'route_set_not_found', 'text_too_long', 'payload_too_large'],
    parse: (body, app) => readBatchRequest(body, app.config.server.textLimitBytes),
    handle({ app, body }) {
      const decisions = app.router(body.routeSet).routeMany(body.texts, optionsOf(body))
      return `{"decisions":[${decisions.map((decision) => record(app, decision)).join(',')}]}`
    },
  }),
]
