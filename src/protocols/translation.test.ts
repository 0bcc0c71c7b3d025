import { describe, expect, it } from 'vitest'
import type { ChatRequest } from '../contracts/index.ts'
import { anthropicMessagesTranslation } from './anthropic-messages/translation.ts'
import { callerProtocols } from './caller-protocols.ts'
import { googleGeminiTranslation } from './google-gemini/translation.ts'
import { openaiChatTranslation, openaiCompatibleTranslation } from './openai-chat/translation.ts'
import { openaiResponsesTranslation } from './openai-responses/translation.ts'

const CONVERSATION: ChatRequest = {
  stream: false,
  messages: [
    { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }] },
    { role: 'user', content: [{ kind: 'text', text: 'Weather?' }] },
    { role: 'user', content: [{ kind: 'image', url: 'https://example.com/a.jpg?x=1' }] },
    {
      role: 'assistant',
      content: [
        { kind: 'reasoning', text: 'Hm.', signature: 'google:GS' },
        { kind: 'reasoning', text: 'Ha.', signature: 'anthropic:AS' },
        { kind: 'tool-call', id: 'call.1', name: 'weather', arguments: '{"city":"Bonn"}' },
        { kind: 'tool-call', id: 'call.2', name: 'now', arguments: '' },
      ],
    },
    {
      role: 'tool',
      content: [{ kind: 'tool-result', id: 'call.1', content: [{ kind: 'text', text: '{"celsius":9}' }] }],
    },
    {
      role: 'tool',
      content: [
        { kind: 'tool-result', id: 'call.2', content: [{ kind: 'text', text: 'late' }], isError: true },
      ],
    },
    { role: 'system', content: [{ kind: 'text', text: 'Be kind.' }] },
    { role: 'user', content: [{ kind: 'text', text: 'And?' }] },
  ],
  tools: [{ name: 'weather', parameters: { type: 'object' } }, { name: 'now' }],
}

describe('a conversation of another protocol', () => {
  it('is put to Anthropic with turns that alternate, a system prompt, and a length', () => {
    expect(anthropicMessagesTranslation.writeRequest(CONVERSATION, 'claude-opus-4-7')).toEqual({
      model: 'claude-opus-4-7',
      max_tokens: 8_192,
      system: [
        { type: 'text', text: 'Be brief.' },
        { type: 'text', text: 'Be kind.' },
      ],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Weather?' },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.jpg?x=1' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Ha.', signature: 'AS' },
            { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Bonn' } },
            { type: 'tool_use', id: 'call_2', name: 'now', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'call_1',
              content: [{ type: 'text', text: '{"celsius":9}' }],
            },
            {
              type: 'tool_result',
              tool_use_id: 'call_2',
              content: [{ type: 'text', text: 'late' }],
              is_error: true,
            },
            { type: 'text', text: 'And?' },
          ],
        },
      ],
      tools: [
        { name: 'weather', input_schema: { type: 'object' } },
        { name: 'now', input_schema: { type: 'object', properties: {} } },
      ],
    })
  })

  it('is put to Gemini with the names of tools at their results, and its own signatures', () => {
    expect(googleGeminiTranslation.writeRequest(CONVERSATION, 'gemini-3-flash')).toEqual({
      systemInstruction: { parts: [{ text: 'Be brief.' }, { text: 'Be kind.' }] },
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'Weather?' },
            { fileData: { mimeType: 'image/jpeg', fileUri: 'https://example.com/a.jpg?x=1' } },
          ],
        },
        {
          role: 'model',
          parts: [
            {
              functionCall: { id: 'call.1', name: 'weather', args: { city: 'Bonn' } },
              thoughtSignature: 'GS',
            },
            { functionCall: { id: 'call.2', name: 'now', args: {} } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { id: 'call.1', name: 'weather', response: { celsius: 9 } } },
            { functionResponse: { id: 'call.2', name: 'now', response: { error: 'late' } } },
            { text: 'And?' },
          ],
        },
      ],
      tools: [
        {
          functionDeclarations: [
            { name: 'weather', parametersJsonSchema: { type: 'object' } },
            { name: 'now' },
          ],
        },
      ],
    })
  })

  it('is put to OpenAI with system messages where they were, and without the thoughts of others', () => {
    const { messages } = openaiChatTranslation.writeRequest(CONVERSATION, 'gpt-5')
    expect(messages).toMatchObject([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Weather?' },
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.jpg?x=1' } }] },
      { role: 'assistant', content: null, tool_calls: [{ id: 'call.1' }, { id: 'call.2' }] },
      { role: 'tool', tool_call_id: 'call.1', content: '{"celsius":9}' },
      { role: 'tool', tool_call_id: 'call.2', content: 'Error: late' },
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'And?' },
    ])
    expect(JSON.stringify(openaiResponsesTranslation.writeRequest(CONVERSATION, 'gpt-5'))).not.toMatch(
      /Ha\.|Hm\./,
    )
  })
})

describe('effort of thought', () => {
  const asked = (reasoning: NonNullable<ChatRequest['reasoning']>): ChatRequest => ({
    messages: [],
    stream: false,
    maxOutputTokens: 20_000,
    reasoning,
  })

  it.each([
    ['claude-3-7-sonnet-20250219', true],
    ['claude-opus-4-20250514', true],
    ['claude-sonnet-4-5-20250929', true],
    ['claude-haiku-4-5', true],
    ['claude-opus-4-6', false],
    ['claude-opus-4-7', false],
    ['claude-sonnet-5', false],
  ])('is told to %s in tokens: %s', (model, inTokens) => {
    const { thinking, output_config } = anthropicMessagesTranslation.writeRequest(
      asked({ effort: 'medium' }),
      model,
    )
    expect({ thinking, output_config }).toEqual(
      inTokens
        ? { thinking: { type: 'enabled', budget_tokens: 12_288 }, output_config: undefined }
        : { thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } },
    )
  })

  it('never leaves an answer of Anthropic without room', () => {
    const request = { ...asked({ budgetTokens: 30_000 }), maxOutputTokens: 2_000 }
    expect(anthropicMessagesTranslation.writeRequest(request, 'claude-sonnet-4-5')).toMatchObject({
      max_tokens: 2_000,
      thinking: { budget_tokens: 1_999 },
    })
    const tiny = { ...request, maxOutputTokens: 500 }
    expect(anthropicMessagesTranslation.writeRequest(tiny, 'claude-sonnet-4-5')).not.toHaveProperty(
      'thinking',
    )
  })

  it('is told to Gemini as a level, before version 3 in tokens', () => {
    const config = (model: string) =>
      googleGeminiTranslation.writeRequest(asked({ effort: 'high' }), model).generationConfig
    expect(config('gemini-3-pro')).toMatchObject({
      thinkingConfig: { thinkingLevel: 'HIGH', includeThoughts: true },
    })
    expect(config('gemini-2.5-flash')).toMatchObject({ thinkingConfig: { thinkingBudget: 24_576 } })
  })

  it('is told to OpenAI as a word', () => {
    const effortOf = (reasoning: NonNullable<ChatRequest['reasoning']>) =>
      openaiChatTranslation.writeRequest(asked(reasoning), 'gpt-5').reasoning_effort
    expect(effortOf({ effort: 'max' })).toBe('xhigh')
    expect(effortOf({ budgetTokens: 2_000 })).toBe('low')
    expect(effortOf({ budgetTokens: 60_000 })).toBe('high')
  })
})

describe('the form of an answer', () => {
  const formed = (responseFormat: NonNullable<ChatRequest['responseFormat']>): ChatRequest => ({
    messages: [],
    stream: false,
    responseFormat,
  })
  const schema = { type: 'object', properties: {}, additionalProperties: false }

  it('is told by its schema to every provider', () => {
    const request = formed({ kind: 'schema', name: 'x', schema })
    expect(anthropicMessagesTranslation.writeRequest(request, 'm')).toMatchObject({
      output_config: { format: { type: 'json_schema', schema } },
    })
    expect(googleGeminiTranslation.writeRequest(request, 'm')).toMatchObject({
      generationConfig: { responseMimeType: 'application/json', responseJsonSchema: schema },
    })
    expect(openaiChatTranslation.writeRequest(request, 'm')).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
    })
    expect(openaiResponsesTranslation.writeRequest(request, 'm')).toMatchObject({
      text: { format: { type: 'json_schema', name: 'x', schema } },
    })
  })
})

it('gives a tool call of another model the words that Gemini takes instead of a signature', () => {
  const request: ChatRequest = {
    stream: false,
    messages: [{ role: 'assistant', content: [{ kind: 'tool-call', id: 'a', name: 'b', arguments: '{}' }] }],
  }
  expect(googleGeminiTranslation.writeRequest(request, 'gemini-3-pro')).toMatchObject({
    contents: [{ parts: [{ thoughtSignature: 'skip_thought_signature_validator' }] }],
  })
})

it('tells a Gemini answer that was blocked as filtered, and a failed tool call as malformed', () => {
  expect(googleGeminiTranslation.readAnswer({ promptFeedback: { blockReason: 'SAFETY' } })).toMatchObject({
    content: [],
    finish: 'content-filter',
  })
  expect(() =>
    googleGeminiTranslation.readAnswer({ candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL' }] }),
  ).toThrow(expect.objectContaining({ outcome: 'malformed' }))
})

it('knows an error that a provider tells with status 200', () => {
  expect(() => openaiChatTranslation.readAnswer({ error: { code: 429, message: 'slow down' } })).toThrow(
    expect.objectContaining({ outcome: 'rate-limited' }),
  )
})

it('reads the results of tools in a message of the user as messages of their own, in their order', () => {
  const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'x' })
  const read = callerProtocols['anthropic-messages'].readRequest({
    messages: [
      {
        role: 'user',
        content: [{ type: 'text', text: 'a' }, result('1'), result('2'), { type: 'text', text: 'b' }],
      },
    ],
  })
  const told = (id: string) => ({ kind: 'tool-result', id, content: [{ kind: 'text', text: 'x' }] })
  expect(read.messages).toEqual([
    { role: 'user', content: [{ kind: 'text', text: 'a' }] },
    { role: 'tool', content: [told('1')] },
    { role: 'tool', content: [told('2')] },
    { role: 'user', content: [{ kind: 'text', text: 'b' }] },
  ])
})

it('reads the items of one turn of Responses as one message', () => {
  const { messages } = callerProtocols['openai-responses'].readRequest({
    input: [
      { role: 'user', content: 'a' },
      {
        type: 'reasoning',
        id: 'rs',
        summary: [{ type: 'summary_text', text: 'hm' }],
        encrypted_content: 'E',
      },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'b', annotations: [] }] },
      { type: 'function_call', call_id: 'c', name: 'n', arguments: '{}', status: 'completed' },
      { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_text', text: 'd' }] },
    ],
  })
  expect(messages).toEqual([
    { role: 'user', content: [{ kind: 'text', text: 'a' }] },
    {
      role: 'assistant',
      content: [
        { kind: 'reasoning', text: 'hm', signature: 'openai:E' },
        { kind: 'text', text: 'b' },
        { kind: 'tool-call', id: 'c', name: 'n', arguments: '{}' },
      ],
    },
    { role: 'tool', content: [{ kind: 'tool-result', id: 'c', content: [{ kind: 'text', text: 'd' }] }] },
  ])
})

it('tells the length of an answer to OpenAI by its new name, to services like it by the old one', () => {
  const request: ChatRequest = { messages: [], stream: false, maxOutputTokens: 5 }
  const openai = openaiChatTranslation.writeRequest(request, 'm')
  const compatible = openaiCompatibleTranslation.writeRequest({ ...request, topK: 3 }, 'm')
  expect(openai).toEqual({ model: 'm', messages: [], max_completion_tokens: 5 })
  expect(compatible).toEqual({ model: 'm', messages: [], max_tokens: 5, top_k: 3 })
})
