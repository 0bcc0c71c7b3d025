import { describe, expect, it } from 'vitest'
import type { ChatRequest, JsonObject, Protocol } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import { anthropicMessagesTranslation } from './anthropic-messages/translation.ts'
import { callerProtocols } from './caller-protocols.ts'
import { googleGeminiTranslation } from './google-gemini/translation.ts'
import { openaiChatTranslation } from './openai-chat/translation.ts'
import { openaiResponsesTranslation } from './openai-responses/translation.ts'

/** Paths of all that a translation would lose. */
function lossesOf(run: () => unknown): readonly string[] {
  try {
    run()
  } catch (error) {
    if (error instanceof StrataError && error.code === 'untranslatable') {
      return error.details.map(({ path }) => path)
    }
    throw error
  }
  return []
}

describe('what a caller loses by a translation is refused by its path, all at once', () => {
  it.each<[string, Protocol, JsonObject, readonly string[]]>([
    [
      'chat completions',
      'openai-chat',
      {
        model: 'm',
        n: 2,
        logprobs: true,
        top_logprobs: 3,
        logit_bias: { '50256': -100 },
        modalities: ['text', 'audio'],
        audio: { voice: 'alloy' },
        web_search_options: { user_location: null },
        functions: [{ name: 'old' }],
        tools: [{ type: 'custom', custom: { name: 'x' } }],
        messages: [
          { role: 'function', content: 'x' },
          {
            role: 'user',
            content: [
              { type: 'input_audio', input_audio: {} },
              { type: 'file', file: {} },
            ],
          },
        ],
      },
      [
        'messages[0].role',
        'messages[1].content[0].type',
        'messages[1].content[1].type',
        'tools[0].type',
        'n',
        'logprobs',
        'top_logprobs',
        'modalities',
        'logit_bias',
        'audio',
        'web_search_options',
        'functions',
      ],
    ],
    [
      'Responses',
      'openai-responses',
      {
        model: 'm',
        previous_response_id: 'resp_1',
        conversation: 'conv_1',
        prompt: { id: 'p' },
        background: true,
        tools: [{ type: 'web_search' }, { type: 'mcp', server_label: 'x' }],
        include: ['message.output_text.logprobs'],
        input: [
          { type: 'item_reference', id: 'msg_1' },
          { type: 'computer_call_output', call_id: 'c' },
          {
            role: 'user',
            content: [
              { type: 'input_file', file_id: 'f' },
              { type: 'input_image', file_id: 'f' },
            ],
          },
        ],
      },
      [
        'input[0]',
        'input[1].type',
        'input[2].content[0].type',
        'input[2].content[1].image_url',
        'tools[0].type',
        'tools[1].type',
        'previous_response_id',
        'conversation',
        'prompt',
        'background',
        'include',
      ],
    ],
    [
      'messages',
      'anthropic-messages',
      {
        model: 'm',
        max_tokens: 10,
        container: 'c',
        mcp_servers: [{ url: 'https://example.com' }],
        inference_geo: 'eu',
        tools: [{ type: 'web_search_20250305', name: 'web_search' }],
        messages: [
          {
            role: 'user',
            content: [
              { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } },
              { type: 'image', source: { type: 'file', file_id: 'f' } },
            ],
          },
        ],
      },
      [
        'messages[0].content[0].type',
        'messages[0].content[1].source',
        'tools[0].type',
        'container',
        'mcp_servers',
        'inference_geo',
      ],
    ],
  ])('%s', (_title, protocol, body, paths) => {
    const lost = lossesOf(() => callerProtocols[protocol].readRequest(body))
    expect([...lost].sort()).toEqual([...paths].sort())
  })
})

it('leaves out without a word what changes only cost, book-keeping or style', () => {
  const user = { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }] }
  const chat = callerProtocols['openai-chat'].readRequest({
    model: 'm',
    messages: [{ ...user, name: 'ann' }],
    n: 1,
    logprobs: false,
    logit_bias: {},
    modalities: ['text'],
    store: true,
    metadata: { a: 'b' },
    service_tier: 'flex',
    prompt_cache_key: 'k',
    verbosity: 'low',
    response_format: null,
  })
  const responses = callerProtocols['openai-responses'].readRequest({
    model: 'm',
    input: 'Hi',
    store: true,
    truncation: 'auto',
    include: ['reasoning.encrypted_content'],
    previous_response_id: null,
    text: { verbosity: 'low' },
  })
  const messages = callerProtocols['anthropic-messages'].readRequest({
    model: 'm',
    messages: [user],
    service_tier: 'auto',
    metadata: { user_id: 'u' },
    cache_control: { type: 'ephemeral' },
  })
  const said = [{ role: 'user', content: [{ kind: 'text', text: 'Hi' }] }]
  expect(chat).toEqual({ messages: said, stream: false, includeUsage: false })
  expect(responses).toEqual({ messages: said, stream: false })
  expect(messages).toEqual({ messages: said, stream: false, user: 'u' })
})

it('what a provider cannot be told is refused, all at once', () => {
  const request: ChatRequest = {
    messages: [],
    stream: false,
    responseFormat: { kind: 'json' },
    seed: 1,
    frequencyPenalty: 1,
    presencePenalty: 0,
    temperature: 1.5,
    topK: 3,
    stop: ['x'],
    tools: [{ name: 'a' }],
    parallelToolCalls: false,
  }
  expect(lossesOf(() => anthropicMessagesTranslation.writeRequest(request, 'm'))).toEqual([
    'seed',
    'frequency_penalty',
    'temperature',
    'response_format',
  ])
  expect(lossesOf(() => googleGeminiTranslation.writeRequest(request, 'm'))).toEqual(['parallel_tool_calls'])
  expect(lossesOf(() => openaiChatTranslation.writeRequest(request, 'm'))).toEqual(['top_k'])
  expect(lossesOf(() => openaiResponsesTranslation.writeRequest(request, 'm'))).toEqual([
    'top_k',
    'stop',
    'seed',
    'frequency_penalty',
  ])
})

it('refuses arguments of a tool call that are no JSON object where they must be one', () => {
  const request: ChatRequest = {
    stream: false,
    messages: [
      { role: 'assistant', content: [{ kind: 'tool-call', id: 'a', name: 'b', arguments: '{"x":' }] },
    ],
  }
  expect(lossesOf(() => anthropicMessagesTranslation.writeRequest(request, 'm'))).toEqual(['messages[0]'])
  expect(lossesOf(() => googleGeminiTranslation.writeRequest(request, 'm'))).toEqual(['messages[0]'])
  expect(lossesOf(() => openaiChatTranslation.writeRequest(request, 'm'))).toEqual([])
})
