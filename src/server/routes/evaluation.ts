import { type AnyEndpoint, defineEndpoint } from '../endpoint.ts'
import { evaluationSchema } from '../wire/evaluation.ts'
import { optionsOf, readEvalRequest } from '../wire/read-route-request.ts'
import { evalRequestSchema } from '../wire/route-request.ts'

export const evaluationEndpoints: readonly AnyEndpoint[] = [
  defineEndpoint({
    operation: 'evaluate',
    method: 'POST',
    path: '/v1/eval',
    tag: 'Quality',
    summary: 'Score a route set on labelled texts.',
    description: 'Accuracy, calibration, scope and the confused pairs of the set as it decides now.',
    body: evalRequestSchema,
    example: {
      data: [
        { text: 'where is my refund?', route: 'billing' },
        { text: 'what is the meaning of life', route: null },
      ],
    },
    answers: { 200: { description: 'The evaluation.', schema: evaluationSchema } },
    errors: ['invalid_request', 'invalid_data', 'route_set_not_found', 'text_too_long', 'payload_too_large'],
    parse: (body, app) => readEvalRequest(body, app.config.server.textLimitBytes),
    handle: ({ app, body }) => app.router(body.routeSet).evaluate(body.data, optionsOf(body)),
  }),
]
