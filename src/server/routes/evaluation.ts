import { countSeen, DEFAULT_SET, EvaluationQueue } from '../../app/index.ts'
import { type AnyEndpoint, defineEndpoint } from '../endpoint.ts'
import { evaluationAnswerSchema } from '../wire/evaluation.ts'
import { optionsOf, readEvalRequest } from '../wire/read-route-request.ts'
import { evalRequestSchema } from '../wire/route-request.ts'

/** One for the process: what it spares is the event loop, of which there is one. */
export const evaluations = new EvaluationQueue()

export const evaluationEndpoints: readonly AnyEndpoint[] = [
  defineEndpoint({
    operation: 'evaluate',
    scope: 'routes:read',
    method: 'POST',
    path: '/v1/eval',
    tag: 'Quality',
    summary: 'Score a route set on labelled texts.',
    description:
      'Accuracy, calibration, scope and the confused pairs of the set as it decides now, or of another version that is kept, such as a candidate before it is made active. Where a slower encoder is configured it is asked as for messages: `asked` says for how many rows, 0 where the built-in router is scored alone, as for a version that decides nothing or whose cascade is not there yet. One evaluation runs at a time.',
    body: evalRequestSchema,
    example: {
      data: [
        { text: 'where is my refund?', route: 'billing' },
        { text: 'what is the meaning of life', route: null },
      ],
    },
    answers: { 200: { description: 'The evaluation.', schema: evaluationAnswerSchema } },
    errors: [
      'invalid_request',
      'invalid_data',
      'route_set_not_found',
      'version_not_found',
      'text_too_long',
      'payload_too_large',
      'encoder_failed',
      'storage_failed',
    ],
    parse: (body, app) => readEvalRequest(body, app.config.server.textLimitBytes),
    async handle({ app, body }) {
      const { versions } = app.routes
      const open = async () => {
        const opened = await versions.open(body.routeSet ?? DEFAULT_SET, body.version)
        return { ...opened, cascade: app.cascades?.deciding(opened.router) }
      }
      const { opened, evaluation, asking } = await evaluations.evaluate(open, body.data, optionsOf(body))
      const { version, content } = opened
      const seen = countSeen(body.data, content.routeSet, await versions.fitInputs(content))
      return { version, ...evaluation, ...asking, seen }
    },
  }),
]
