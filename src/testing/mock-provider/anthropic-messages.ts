import type { JsonObject } from '../../contracts/index.ts'
import { arrayOf, numberOf, objectOf, stringOf, textOf } from './loose-json.ts'
import { inTwo, type MockPrompt, type MockReply } from './mock-reply.ts'
import type { ErrorFormat, MockError, WireFormat } from './wire-format.ts'

const ERROR_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

function errorOf({ status, message }: MockError) {
  const type = ERROR_TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error')
  return { type: 'error', error: { type, message } }
}

/** https://docs.anthropic.com/en/api/errors */
const anthropicErrors: ErrorFormat = {
  errorBody: (error) => JSON.stringify({ ...errorOf(error), request_id: 'req_mock' }),
  // In the middle of a stream it says that it is overloaded, whatever else it would say.
  errorEvent: (error) => eventOf(errorOf({ ...error, status: error.status === 503 ? 529 : error.status })),
}

const eventOf = (data: { readonly type: string }) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`

const STOP = { stop: 'end_turn', length: 'max_tokens', tools: 'tool_use' } as const

/** https://docs.anthropic.com/en/api/messages */
export const anthropicMessages: WireFormat = {
  ...anthropicErrors,

  readPrompt(body) {
    if (body.max_tokens === undefined) return 'max_tokens: Field required'
    return readPrompt(body)
  },

  whole(reply, id) {
    return JSON.stringify({
      ...messageOf(reply, id),
      content: blocksOf(reply, id),
      stop_reason: STOP[reply.finish],
      usage: { ...inputUsage(reply), ...outputUsage(reply) },
    })
  },

  events(reply, id) {
    const start = { ...messageOf(reply, id), usage: { ...inputUsage(reply), output_tokens: 1 } }
    return [
      eventOf({ type: 'message_start', ...{ message: start } }),
      ...blocksOf(reply, id).flatMap((block, index) => [
        eventOf({ type: 'content_block_start', ...{ index, content_block: emptyOf(block) } }),
        ...(index === 0 ? [eventOf({ type: 'ping' })] : []),
        ...deltasOf(block, reply).map((delta) =>
          eventOf({ type: 'content_block_delta', ...{ index, delta } }),
        ),
        eventOf({ type: 'content_block_stop', ...{ index } }),
      ]),
      eventOf({
        type: 'message_delta',
        ...{ delta: { stop_reason: STOP[reply.finish], stop_sequence: null }, usage: outputUsage(reply) },
      }),
      eventOf({ type: 'message_stop' }),
    ]
  },
}

/** Of a request to count tokens too, which has no `max_tokens`. */
export function readPrompt(body: JsonObject): MockPrompt | string {
  if (stringOf(body.model) === '') return 'model: Field required'
  if (!Array.isArray(body.messages)) return 'messages: Field required'
  const messages = body.messages.map(objectOf)
  const { role, content } = messages.at(-1) ?? {}
  const { type: choice, name } = objectOf(body.tool_choice)
  return {
    model: stringOf(body.model),
    isStreamed: body.stream === true,
    lastText: textOf(content),
    isFromUser: role === 'user' && !arrayOf(content).some((part) => objectOf(part).type === 'tool_result'),
    characters: messages.reduce(
      (sum, message) => sum + textOf(message.content).length,
      textOf(body.system).length,
    ),
    tools: arrayOf(body.tools)
      .map(objectOf)
      .map((tool) => ({ name: stringOf(tool.name), schema: tool.input_schema })),
    forcedTool: choice === 'any' ? '' : choice === 'tool' ? stringOf(name) : undefined,
    schema: objectOf(objectOf(body.output_config).format).schema,
    maxOutputTokens: numberOf(body.max_tokens),
    wantsReasoning: ['enabled', 'adaptive'].includes(stringOf(objectOf(body.thinking).type)),
  }
}

const messageOf = ({ model }: MockReply, id: string) => ({
  id: `msg_${id}`,
  type: 'message',
  role: 'assistant',
  model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
})

function blocksOf({ reasoning, toolCalls, text }: MockReply, id: string) {
  const thinking = { type: 'thinking' as const, thinking: reasoning, signature: `signature-of-${id}` }
  const calls = toolCalls.map((call, index) => ({
    type: 'tool_use' as const,
    id: `toolu_${id}_${index}`,
    name: call.name,
    input: JSON.parse(call.arguments) as unknown,
  }))
  return [
    ...(reasoning === '' ? [] : [thinking]),
    ...(calls.length > 0 ? calls : [{ type: 'text' as const, text }]),
  ]
}

type Block = ReturnType<typeof blocksOf>[number]

const emptyOf = (block: Block) =>
  block.type === 'thinking'
    ? { ...block, thinking: '', signature: '' }
    : block.type === 'text'
      ? { ...block, text: '' }
      : { ...block, input: {} }

function deltasOf(block: Block, { pieces }: MockReply): object[] {
  switch (block.type) {
    case 'thinking':
      return [
        ...inTwo(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: block.signature },
      ]
    case 'text':
      return pieces.map((text) => ({ type: 'text_delta', text }))
    case 'tool_use':
      // The first piece of arguments is empty, as it is there.
      return ['', ...inTwo(JSON.stringify(block.input))].map((partial_json) => ({
        type: 'input_json_delta',
        partial_json,
      }))
  }
}

/** Its `input_tokens` leave out what was read from, or written to, the cache. */
const inputUsage = ({ usage }: MockReply) => ({
  input_tokens: usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens,
  cache_creation_input_tokens: usage.cacheWriteTokens,
  cache_read_input_tokens: usage.cachedInputTokens,
  cache_creation: { ephemeral_5m_input_tokens: usage.cacheWriteTokens, ephemeral_1h_input_tokens: 0 },
  service_tier: 'standard',
})

const outputUsage = ({ usage }: MockReply) => ({
  output_tokens: usage.outputTokens,
  ...(usage.reasoningTokens > 0 && { output_tokens_details: { thinking_tokens: usage.reasoningTokens } }),
})
