import type { App } from '../../app/index.ts'
import type { RouteOptions } from '../../contracts/index.ts'
import { type AnyEndpoint, defineEndpoint } from '../endpoint.ts'
import { finishDecision } from '../finish-decision.ts'
import { decisionSchema, decisionsSchema } from '../wire/decision.ts'
import { optionsOf, readBatchRequest, readEmbedding, readRouteRequest } from '../wire/read-route-request.ts'
import { batchRequestSchema, routeRequestSchema } from '../wire/route-request.ts'

function decideText(app: App, set: string | undefined, text: string, options: RouteOptions): string {
  const decision = app.routerFor(set, text).route(text, options)
  app.answered(set, text, options, decision)
  return finishDecision(app, { set, text, decision })
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
    decide(app, body) {
      const options = optionsOf(body)
      const { routeSet: set, text } = body
      if (text !== undefined) return decideText(app, set, text, options)
      const embedding = body.embedding as string | readonly number[]
      const vector = readEmbedding(embedding, app.encoder.dimensions)
      const router = app.routerFor(set, String(vector[0]))
      return finishDecision(app, { set, decision: router.routeVector(vector, options) })
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
    decide(app, body) {
      const options = optionsOf(body)
      const decisions = body.texts.map((text) => decideText(app, body.routeSet, text, options))
      return `{"decisions":[${decisions.join(',')}]}`
    },
  }),
]
