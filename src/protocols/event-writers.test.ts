import { expect, it } from 'vitest'
import type { ChatEvent, ChatRequest, JsonObject, Protocol } from '../contracts/index.ts'
import { callerProtocols } from './caller-protocols.ts'

const EVENTS: readonly ChatEvent[] = [
  { kind: 'start', id: 'a1', model: 'm', createdAt: 7 },
  { kind: 'reasoning', index: 0, text: 'Hm' },
  { kind: 'reasoning', index: 0, text: '.', signature: 'anthropic:S' },
  { kind: 'text', index: 1, text: 'Hel' },
  { kind: 'text', index: 1, text: 'lo' },
  { kind: 'tool-call', index: 2, id: 'call_1', name: 'find' },
  { kind: 'tool-arguments', index: 2, json: '{"a"' },
  { kind: 'tool-arguments', index: 2, json: ':1}' },
  {
    kind: 'finish',
    reason: 'tool-calls',
    usage: { inputTokens: 9, cachedInputTokens: 4, cacheWriteTokens: 2, outputTokens: 5, reasoningTokens: 1 },
  },
]

const REQUEST: ChatRequest = { messages: [], stream: true }

/** The events as an event source reads them: name and data. */
function written(
  protocol: Protocol,
  request: ChatRequest,
  events = EVENTS,
): [string | undefined, JsonObject | string][] {
  const writer = callerProtocols[protocol].eventWriter(request)
  const text = events.map((event) => writer.write(event)).join('')
  expect(text.endsWith('\n\n')).toBe(true)
  return text
    .slice(0, -2)
    .split('\n\n')
    .map((block) => {
      const lines = block.split('\n')
      const data = lines.find((line) => line.startsWith('data: '))?.slice(6) ?? ''
      const event = lines.find((line) => line.startsWith('event: '))?.slice(7)
      return [event, data.startsWith('{') ? (JSON.parse(data) as JsonObject) : data]
    })
}

it('writes chat chunks: the role first, calls with their numbers, the reason, usage where it was asked for, the end', () => {
  const head = { id: 'a1', object: 'chat.completion.chunk', created: 7, model: 'm' }
  const chunk = (delta: object, finish: string | null = null) => [
    undefined,
    { ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] },
  ]
  const chunks = [
    chunk({ role: 'assistant', content: '' }),
    chunk({ reasoning_content: 'Hm' }),
    chunk({ reasoning_content: '.' }),
    chunk({ content: 'Hel' }),
    chunk({ content: 'lo' }),
    chunk({
      tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'find', arguments: '' } }],
    }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a"' } }] }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }),
    chunk({}, 'tool_calls'),
  ]
  expect(written('openai-chat', REQUEST)).toEqual([...chunks, [undefined, '[DONE]']])

  const body = { stream_options: { include_usage: true } }
  const asked = written('openai-chat', callerProtocols['openai-chat'].readRequest(body))
  expect(asked.slice(-2)).toEqual([
    [
      undefined,
      {
        ...head,
        choices: [],
        usage: {
          prompt_tokens: 9,
          completion_tokens: 5,
          total_tokens: 14,
          prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
          completion_tokens_details: { reasoning_tokens: 1 },
        },
      },
    ],
    [undefined, '[DONE]'],
  ])
  expect(asked.slice(0, -2).every(([, data]) => (data as JsonObject).usage === null)).toBe(true)
})

it('writes messages: one block after the other, each begun and ended, usage before the end', () => {
  const events = written('anthropic-messages', REQUEST)
  expect(events.every(([event, data]) => (data as JsonObject).type === event)).toBe(true)
  const usage = {
    input_tokens: 3,
    cache_creation_input_tokens: 2,
    cache_read_input_tokens: 4,
    output_tokens: 5,
    output_tokens_details: { thinking_tokens: 1 },
  }
  const delta = (index: number, told: object) => ({ type: 'content_block_delta', index, delta: told })
  expect(events.map(([, data]) => data)).toEqual([
    {
      type: 'message_start',
      message: expect.objectContaining({
        id: 'a1',
        model: 'm',
        role: 'assistant',
        content: [],
        stop_reason: null,
      }),
    },
    {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'thinking', thinking: '', signature: '' },
    },
    delta(0, { type: 'thinking_delta', thinking: 'Hm' }),
    delta(0, { type: 'thinking_delta', thinking: '.' }),
    delta(0, { type: 'signature_delta', signature: 'S' }),
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
    delta(1, { type: 'text_delta', text: 'Hel' }),
    delta(1, { type: 'text_delta', text: 'lo' }),
    { type: 'content_block_stop', index: 1 },
    {
      type: 'content_block_start',
      index: 2,
      content_block: { type: 'tool_use', id: 'call_1', name: 'find', input: {} },
    },
    delta(2, { type: 'input_json_delta', partial_json: '{"a"' }),
    delta(2, { type: 'input_json_delta', partial_json: ':1}' }),
    { type: 'content_block_stop', index: 2 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage },
    { type: 'message_stop' },
  ])
})

it('writes responses: every item begun, told and ended, all numbered, the whole answer last', () => {
  const events = written('openai-responses', REQUEST)
  expect(events.every(([event, data]) => (data as JsonObject).type === event)).toBe(true)
  expect(events.map(([, data]) => (data as JsonObject).sequence_number)).toEqual(
    events.map((_, index) => index),
  )
  const told = events.map(([, data]) => {
    const { sequence_number: _, ...rest } = data as JsonObject
    return rest
  })
  const thought = { type: 'summary_text', text: 'Hm.' }
  const said = { type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }
  const reasoning = {
    id: 'rs_a1_0',
    type: 'reasoning',
    status: 'completed',
    summary: [thought],
    encrypted_content: 'anthropic:S',
  }
  const message = { id: 'msg_a1_1', type: 'message', status: 'completed', role: 'assistant', content: [said] }
  const call = {
    id: 'fc_a1_2',
    type: 'function_call',
    status: 'completed',
    call_id: 'call_1',
    name: 'find',
    arguments: '{"a":1}',
  }
  const rs = { item_id: 'rs_a1_0', output_index: 0, summary_index: 0 }
  const msg = { item_id: 'msg_a1_1', output_index: 1, content_index: 0 }
  const fc = { item_id: 'fc_a1_2', output_index: 2 }
  const begun = expect.objectContaining({ id: 'a1', object: 'response', status: 'in_progress', output: [] })
  expect(told).toEqual([
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { id: 'rs_a1_0', type: 'reasoning', status: 'in_progress', summary: [] },
    },
    { type: 'response.reasoning_summary_part.added', ...rs, part: { type: 'summary_text', text: '' } },
    { type: 'response.reasoning_summary_text.delta', ...rs, delta: 'Hm' },
    { type: 'response.reasoning_summary_text.delta', ...rs, delta: '.' },
    { type: 'response.reasoning_summary_text.done', ...rs, text: 'Hm.' },
    { type: 'response.reasoning_summary_part.done', ...rs, part: thought },
    { type: 'response.output_item.done', output_index: 0, item: reasoning },
    {
      type: 'response.output_item.added',
      output_index: 1,
      item: { ...message, status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...msg, part: { ...said, text: '' } },
    { type: 'response.output_text.delta', ...msg, delta: 'Hel', logprobs: [] },
    { type: 'response.output_text.delta', ...msg, delta: 'lo', logprobs: [] },
    { type: 'response.output_text.done', ...msg, text: 'Hello', logprobs: [] },
    { type: 'response.content_part.done', ...msg, part: said },
    { type: 'response.output_item.done', output_index: 1, item: message },
    {
      type: 'response.output_item.added',
      output_index: 2,
      item: { ...call, status: 'in_progress', arguments: '' },
    },
    { type: 'response.function_call_arguments.delta', ...fc, delta: '{"a"' },
    { type: 'response.function_call_arguments.delta', ...fc, delta: ':1}' },
    { type: 'response.function_call_arguments.done', ...fc, name: 'find', arguments: '{"a":1}' },
    { type: 'response.output_item.done', output_index: 2, item: call },
    {
      type: 'response.completed',
      response: expect.objectContaining({
        status: 'completed',
        output: [reasoning, message, call],
        usage: {
          input_tokens: 9,
          input_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
          output_tokens: 5,
          output_tokens_details: { reasoning_tokens: 1 },
          total_tokens: 14,
        },
      }),
    },
  ])
})

it('ends a response that was cut off as incomplete, and says why', () => {
  const cut = (reason: 'length' | 'content-filter') =>
    written('openai-responses', REQUEST, [EVENTS[0]!, { kind: 'finish', reason }]).at(-1)
  expect(cut('length')).toMatchObject([
    'response.incomplete',
    { response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } } },
  ])
  expect(cut('content-filter')).toMatchObject([
    'response.incomplete',
    { response: { incomplete_details: { reason: 'content_filter' } } },
  ])
})
