import { type AnyEndpoint, defineEndpoint } from '../endpoint.ts'
import { askedFor, callerErrorBody, passedOn, type ReadCall, readCall } from './answer-call.ts'
import { beginModelCall } from './begin-model-call.ts'
import { executionHeaders } from './execution-headers.ts'
import { MODEL_ERRORS } from './model-errors.ts'
import { anthropicErrorSchema, countTokensBodySchema } from './schemas.ts'

export const countTokensEndpoint: AnyEndpoint = defineEndpoint<ReadCall>({
  operation: 'countTokens',
  scope: 'execute',
  method: 'POST',
  path: '/v1/messages/count_tokens',
  tag: 'Models',
  summary: 'Count the tokens of a conversation, as Anthropic’s Messages.',
  description:
    'Asked of the provider where it can tell; otherwise an estimate that is rather too high, with the header `x-stratarouter-estimate: true`.',
  body: countTokensBodySchema,
  example: { model: 'auto', messages: [{ role: 'user', content: 'where is my refund?' }] },
  answers: { 200: { description: 'As the interface has it: `{"input_tokens": 12}`.' } },
  errors: ['invalid_request', ...MODEL_ERRORS],
  errorBody: callerErrorBody('anthropic-messages'),
  errorSchema: anthropicErrorSchema,
  parse: (value) => readCall('anthropic-messages', value),
  async handle({ app, body: { protocol, body }, identity, reply }) {
    const { runtime } = await app.gateway()
    const execution = await runtime.execute({
      ...askedFor(reply.request.headers),
      purpose: 'count',
      call: { protocol, body, stream: false, headers: passedOn(reply.request.headers) },
      model: body.model as string,
      identity,
      signal: beginModelCall(app, reply),
      span: reply.request.span,
      waits: reply.request,
    })
    reply.request.execution = execution
    reply.headers(executionHeaders(execution, reply.elapsedTime))
    if (execution.deployment.provider.countTokens === undefined)
      reply.header('x-stratarouter-estimate', 'true')
    return (execution.answer as { readonly text: string }).text
  },
})
