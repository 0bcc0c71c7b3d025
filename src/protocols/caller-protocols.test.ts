import { describe, expect, it } from 'vitest'
import type { JsonObject, Protocol } from '../contracts/index.ts'
import { callerProtocols } from './caller-protocols.ts'
import { type SseEvent, sseText } from './sse.ts'

const chat = callerProtocols['openai-chat']
const responses = callerProtocols['openai-responses']
const messages = callerProtocols['anthropic-messages']

const NAMES = ['openai-chat', 'openai-responses', 'anthropic-messages', 'canonical'] as const

/** The same conversations as callers of each protocol send them. */
const CONVERSATIONS: Readonly<
  Record<Protocol, { readonly first: JsonObject; readonly later: JsonObject; readonly result: JsonObject }>
> = {
  'openai-chat': {
    first: {
      model: 'auto',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Where is my parcel?' },
      ],
    },
    later: {
      model: 'auto',
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'user', content: 'Where is my parcel?' },
        { role: 'assistant', content: 'On its way.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'And this one?' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
            { type: 'text', text: 'Please.' },
          ],
        },
      ],
    },
    result: {
      model: 'auto',
      messages: [
        { role: 'user', content: 'Where is my parcel?' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'find', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'a', content: 'Köln' },
      ],
    },
  },
  'openai-responses': {
    first: { model: 'auto', instructions: 'Be brief.', input: 'Where is my parcel?' },
    later: {
      model: 'auto',
      instructions: 'Be brief.',
      input: [
        { role: 'user', content: 'Where is my parcel?' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'On its way.' }] },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'And this one?' },
            { type: 'input_image', image_url: 'https://example.com/a.png' },
            { type: 'input_text', text: 'Please.' },
          ],
        },
      ],
    },
    result: {
      model: 'auto',
      input: [
        { role: 'user', content: 'Where is my parcel?' },
        { type: 'function_call', call_id: 'a', name: 'find', arguments: '{}' },
        { type: 'function_call_output', call_id: 'a', output: 'Köln' },
      ],
    },
  },
  'anthropic-messages': {
    first: {
      model: 'auto',
      max_tokens: 10,
      system: 'Be brief.',
      messages: [{ role: 'user', content: 'Where is my parcel?' }],
    },
    later: {
      model: 'auto',
      max_tokens: 10,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      messages: [
        {
          role: 'user',
          content: [{ type: 'text', text: 'Where is my parcel?', cache_control: { type: 'ephemeral' } }],
        },
        { role: 'assistant', content: 'On its way.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'And this one?' },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
            { type: 'text', text: 'Please.' },
          ],
        },
      ],
    },
    result: {
      model: 'auto',
      max_tokens: 10,
      messages: [
        { role: 'user', content: 'Where is my parcel?' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'find', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'Köln' }] },
      ],
    },
  },
  canonical: {
    first: {
      model: 'auto',
      messages: [
        { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }] },
        { role: 'user', content: [{ kind: 'text', text: 'Where is my parcel?' }] },
      ],
    },
    later: {
      model: 'auto',
      messages: [
        { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }] },
        { role: 'user', content: [{ kind: 'text', text: 'Where is my parcel?' }] },
        { role: 'assistant', content: [{ kind: 'text', text: 'On its way.' }] },
        {
          role: 'user',
          content: [
            { kind: 'text', text: 'And this one?' },
            { kind: 'image', url: 'https://example.com/a.png' },
            { kind: 'text', text: 'Please.' },
          ],
        },
      ],
    },
    result: {
      model: 'auto',
      messages: [
        { role: 'user', content: [{ kind: 'text', text: 'Where is my parcel?' }] },
        {
          role: 'assistant',
          content: [{ kind: 'tool-call', id: 'a', name: 'find', arguments: '{}' }],
        },
        {
          role: 'tool',
          content: [{ kind: 'tool-result', id: 'a', content: [{ kind: 'text', text: 'Köln' }] }],
        },
      ],
    },
  },
}

describe.each(NAMES)('a caller of %s', (name) => {
  const protocol = callerProtocols[name]
  const { first, later, result } = CONVERSATIONS[name]

  it('is routed on the text of its last message', () => {
    expect(protocol.lastUserText(first)).toBe('Where is my parcel?')
    expect(protocol.lastUserText(later)).toBe('And this one?\nPlease.')
    expect(protocol.lastUserText(result)).toBe('Where is my parcel?')
    expect(protocol.lastUserText({ model: 'auto' })).toBeUndefined()
  })

  it('is known to answer a tool call only in its last turn', () => {
    expect(protocol.answersToolCall(first)).toBe(false)
    expect(protocol.answersToolCall(later)).toBe(false)
    expect(protocol.answersToolCall(result)).toBe(true)
    expect(protocol.answersToolCall({ model: 'auto' })).toBe(false)
  })

  it('is told from others by first messages that stay the same in later turns', () => {
    expect(protocol.firstMessages(later)).toBe(protocol.firstMessages(first))
    expect(protocol.firstMessages(result)).not.toBe(protocol.firstMessages(first))
  })

  it('is passed on with another model and otherwise as it spoke', () => {
    const body = { ...first, some_new_field: { deep: [1] } }
    expect(protocol.prepare(body, 'real-model', false)).toEqual({ ...body, model: 'real-model' })
    const streamed = protocol.prepare(body, 'real-model', true)
    expect(streamed).toMatchObject({ ...body, model: 'real-model', stream: true })
    expect(body).toEqual({ ...first, some_new_field: { deep: [1] } })
  })

  it('passes the check with fields that nobody knows', () => {
    for (const body of [first, later, result]) {
      expect(protocol.check({ ...body, some_new_field: 1 })).toEqual([])
    }
  })

  it('is told every problem of a body by its path', () => {
    const paths = protocol.check({ stream: 'yes', messages: [7], input: [7] }).map(({ path }) => path)
    expect(paths).toEqual(['model', 'stream', name === 'openai-responses' ? 'input[0]' : 'messages[0]'])
    expect(protocol.check({ model: 'm', messages: [], input: [] })).toHaveLength(1)
    const role = protocol.check({
      model: 'm',
      messages: [{ role: 'robot', content: 7 }],
      input: [{ role: 'robot', content: 7 }],
    })
    expect(role.map(({ path }) => path.replace(/^.*\./, ''))).toEqual(['role', 'content'])
  })

  it('is told an error in a stream by an event that its watch knows as an error', () => {
    const error = { status: 502, code: 'provider_truncated', message: 'It broke off.', requestId: 'r1' }
    const text = protocol.errorEvent(error)
    const [event] = eventsOf(text)
    expect(text.endsWith('\n\n')).toBe(true)
    expect(() => protocol.streamWatch({}).see(event!)).toThrow(
      expect.objectContaining({ outcome: 'server-error', message: expect.stringContaining('It broke off.') }),
    )
  })
})

function eventsOf(text: string): SseEvent[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .map((block) => ({
      event: /^event: (.*)$/m.exec(block)?.[1],
      data: /^data: (.*)$/m.exec(block)?.[1] ?? '',
      text: `${block}\n\n`,
    }))
}

function dataEvent(data: object, event?: string): SseEvent {
  const json = JSON.stringify(data)
  return { event, data: json, text: sseText(event, json) }
}

describe('usage of streamed chat completions', () => {
  const usage = { prompt_tokens: 5, completion_tokens: 2 }

  it('is always asked of the provider, with the other stream options of the caller', () => {
    expect(chat.prepare({ stream: true, stream_options: { other: 1 } }, 'm', true)).toMatchObject({
      stream_options: { other: 1, include_usage: true },
    })
    expect(chat.prepare({}, 'm', false)).toEqual({ model: 'm' })
  })

  it('is left out of the stream unless the caller asked for it', () => {
    const chunk = dataEvent({ choices: [], usage })
    const unasked = chat.streamWatch({ stream: true })
    expect(unasked.see(chunk)).toBe('drop')
    expect(unasked.usage()).toMatchObject({ inputTokens: 5, outputTokens: 2 })
    expect(chat.streamWatch({ stream_options: { include_usage: true } }).see(chunk)).toBe('go-on')
  })

  it('goes on in a chunk that also has content, and is not seen in the text of one', () => {
    const watch = chat.streamWatch({})
    expect(watch.see(dataEvent({ choices: [{ delta: { content: '"usage":{"prompt_tokens":1}' } }] }))).toBe(
      'go-on',
    )
    expect(watch.usage()).toBeUndefined()
    expect(watch.see(dataEvent({ choices: [{ delta: {}, finish_reason: 'stop' }], usage }))).toBe('go-on')
    expect(watch.usage()).toMatchObject({ inputTokens: 5 })
  })
})

describe('error bodies', () => {
  const error = {
    status: 400,
    code: 'untranslatable',
    message: 'Leave n out.',
    details: [{ path: 'n', message: 'only one answer' }],
    requestId: 'r1',
  }

  it('have the form of OpenAI', () => {
    for (const protocol of [chat, responses]) {
      expect(protocol.errorBody(error)).toEqual({
        error: {
          message: 'Leave n out.',
          type: 'invalid_request_error',
          param: 'n',
          code: 'untranslatable',
          details: error.details,
          request_id: 'r1',
        },
      })
    }
  })

  it('have the form of Anthropic', () => {
    expect(messages.errorBody(error)).toEqual({
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'Leave n out.',
        details: { error_code: 'untranslatable', problems: error.details },
      },
      request_id: 'r1',
    })
  })

  it.each([
    [401, 'authentication_error', 'authentication_error'],
    [403, 'permission_error', 'permission_error'],
    [404, 'invalid_request_error', 'not_found_error'],
    [413, 'invalid_request_error', 'request_too_large'],
    [429, 'rate_limit_error', 'rate_limit_error'],
    [500, 'server_error', 'api_error'],
    [503, 'server_error', 'overloaded_error'],
    [504, 'server_error', 'timeout_error'],
  ])('of status %i are called %s by OpenAI and %s by Anthropic', (status, openai, anthropic) => {
    expect(chat.errorBody({ ...error, status })).toMatchObject({ error: { type: openai } })
    expect(messages.errorBody({ ...error, status })).toMatchObject({ error: { type: anthropic } })
  })
})

it('keeps a conversation of Responses together by its name where the provider keeps it', () => {
  const named = responses.firstMessages({ conversation: 'conv_1', input: 'a' })
  expect(responses.firstMessages({ conversation: { id: 'conv_1' }, input: 'b' })).toBe(named)
  expect(responses.check({ model: 'm', previous_response_id: 'resp_1' })).toEqual([])
})

describe('a caller in the canonical form', () => {
  const { canonical } = callerProtocols
  const usage = {
    inputTokens: 3,
    outputTokens: 2,
    cachedInputTokens: 1,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  }

  it('gives and gets everything as it is', () => {
    const body = CONVERSATIONS.canonical.result
    expect(canonical.readRequest(body)).toBe(body)
    const answer = { id: 'a', model: 'm', createdAt: 1, content: [], finish: 'stop', usage } as const
    const request = canonical.readRequest(body)
    expect(canonical.writeAnswer(answer, request)).toEqual(answer)
    const event = { kind: 'text', index: 0, text: 'a\n\nb' } as const
    const [told] = eventsOf(canonical.eventWriter(request).write(event))
    expect(JSON.parse(told?.data ?? '')).toEqual(event)
  })

  it('knows the end of a stream and what it used', () => {
    const watch = canonical.streamWatch({})
    expect(watch.see(dataEvent({ kind: 'text', index: 0, text: 'a' }))).toBe('go-on')
    expect(watch.usage()).toBeUndefined()
    expect(watch.see(dataEvent({ kind: 'finish', reason: 'stop', usage }))).toBe('end')
    expect(watch.usage()).toEqual(usage)
    expect(canonical.usageOf({ usage })).toEqual(usage)
    expect(canonical.usageOf({})).toBeUndefined()
  })
})
