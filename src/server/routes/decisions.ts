import type { App } from '../../app/index.ts'
import type { Decision, RouteOptions } from '../../contracts/index.ts'
import { StrataError } from '../../errors/index.ts'
import { type AnyEndpoint, defineEndpoint, type JsonPiece } from '../endpoint.ts'
import { finishDecision } from '../finish-decision.ts'
import { decisionSchema, decisionsSchema } from '../wire/decision.ts'
import type { DecisionJson } from '../wire/decision-json.ts'
import { optionsOf, readBatchRequest, readEmbedding, readRouteRequest } from '../wire/read-route-request.ts'
import { batchRequestSchema, routeRequestSchema } from '../wire/route-request.ts'

function decideText(
  app: App,
  set: string | undefined,
  text: string,
  options: RouteOptions,
): DecisionJson | Promise<DecisionJson> {
  const router = app.routerFor(set, text)
  const finish = (decision: Decision) => {
    app.answered(set, text, options, decision)
    return finishDecision(app, { set, text, decision })
  }
  // Nothing is waited for where no slower encoder is configured, or the built-in one is sure.
  const decision = app.cascades ? app.cascades.decide(router, text, options) : router.route(text, options)
  return decision instanceof Promise ? decision.then(finish) : finish(decision)
}

function decideEmbedding(
  app: App,
  set: string | undefined,
  embedding: string | readonly number[],
  options: RouteOptions,
): Decision {
  const vector = readEmbedding(embedding, app.encoder.dimensions, app.cascades?.dimensions)
  const router = app.routerFor(set, String(vector[0]))
  if (vector.length === app.encoder.dimensions) return router.routeVector(vector, options)
  const decision = app.cascades?.decideVector(router, vector, options)
  if (decision) return decision
  throw new StrataError(
    'overloaded',
    'The routes are not fitted for the slower encoder yet, which this embedding is of; send it again in a moment, or the text.',
  )
}

/** The answer to a batch, as pieces. */
function listed(decisions: readonly DecisionJson[]): readonly JsonPiece[] {
  const pieces: JsonPiece[] = []
  for (const decision of decisions) pieces.push(pieces.length === 0 ? '{"decisions":[' : ',', decision)
  pieces.push(']}')
  return pieces
}

export const decisionEndpoints: readonly AnyEndpoint[] = [
  defineEndpoint({
    operation: 'route',
    scope: 'route',
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
      if (text !== undefined) {
        const decided = decideText(app, set, text, options)
        return decided instanceof Promise ? decided.then(String) : String(decided)
      }
      const embedding = body.embedding as string | readonly number[]
      return String(finishDecision(app, { set, decision: decideEmbedding(app, set, embedding, options) }))
    },
  }),
  defineEndpoint({
    operation: 'routeBatch',
    scope: 'route',
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
      const decided = body.texts.map((text) => decideText(app, body.routeSet, text, options))
      return decided.some((one) => one instanceof Promise)
        ? Promise.all(decided).then(listed)
        : listed(decided as DecisionJson[])
    },
  }),
]
