import type { Protocol } from '../../contracts/index.ts'
import { type AnyEndpoint, defineEndpoint } from '../endpoint.ts'
import { answerCall, callerErrorBody, readCall } from './answer-call.ts'
import { countTokensEndpoint } from './count-tokens-endpoint.ts'
import { embeddingsEndpoint } from './embeddings-endpoint.ts'
import { executeEndpoint } from './execute-endpoint.ts'
import { modelEndpoints } from './model-endpoints.ts'
import { MODEL_ERRORS } from './model-errors.ts'
import {
  anthropicErrorSchema,
  chatBodySchema,
  messagesBodySchema,
  openaiErrorSchema,
  responsesBodySchema,
} from './schemas.ts'

interface Interface {
  readonly operation: string
  readonly path: string
  readonly protocol: Protocol
  readonly summary: string
  readonly description: string
  readonly body: typeof chatBodySchema | typeof messagesBodySchema | typeof responsesBodySchema
  readonly example: unknown
}

const ROUTED =
  '`model` is a model of the configuration, `auto` (the decision names it), or `route:NAME`. The headers `x-stratarouter-route`, `-confidence`, `-model`, `-provider`, `-execution-id` and `-overhead-ms` say what was done.'

const INTERFACES: readonly Interface[] = [
  {
    operation: 'chatCompletions',
    path: '/v1/chat/completions',
    protocol: 'openai-chat',
    summary: 'Have a conversation answered, as OpenAI’s chat completions.',
    description: `Any client of OpenAI’s works unchanged, streams included. ${ROUTED}`,
    body: chatBodySchema,
    example: { model: 'auto', messages: [{ role: 'user', content: 'where is my refund?' }] },
  },
  {
    operation: 'responses',
    path: '/v1/responses',
    protocol: 'openai-responses',
    summary: 'Have a conversation answered, as OpenAI’s Responses.',
    description: `Plain, streamed, with tools. ${ROUTED}`,
    body: responsesBodySchema,
    example: { model: 'auto', input: 'where is my refund?' },
  },
  {
    operation: 'messages',
    path: '/v1/messages',
    protocol: 'anthropic-messages',
    summary: 'Have a conversation answered, as Anthropic’s Messages.',
    description: `Any client of Anthropic’s works unchanged; \`anthropic-version\` and \`anthropic-beta\` are passed on. ${ROUTED}`,
    body: messagesBodySchema,
    example: {
      model: 'auto',
      max_tokens: 256,
      messages: [{ role: 'user', content: 'where is my refund?' }],
    },
  },
]

/** The calls that have models answer. */
export const gatewayEndpoints: readonly AnyEndpoint[] = [
  ...INTERFACES.map(({ operation, path, protocol, summary, description, body, example }) =>
    defineEndpoint({
      operation,
      scope: 'execute',
      method: 'POST',
      path,
      tag: 'Models',
      summary,
      description,
      body,
      example,
      answers: {
        200: {
          description: 'As the interface has it; with `stream: true` server-sent events.',
        },
      },
      errors: ['invalid_request', ...MODEL_ERRORS],
      errorBody: callerErrorBody(protocol),
      errorSchema: protocol === 'anthropic-messages' ? anthropicErrorSchema : openaiErrorSchema,
      parse: (value) => readCall(protocol, value),
      handle: answerCall,
    }),
  ),
  executeEndpoint,
  embeddingsEndpoint,
  countTokensEndpoint,
  ...modelEndpoints,
]
