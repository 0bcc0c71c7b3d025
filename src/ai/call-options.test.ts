import type { LanguageModelV4CallOptions, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { describe, expect, it } from 'vitest'
import { callOptions } from './call-options.ts'
import { promptMessages } from './prompt-messages.ts'

const user = (text: string): LanguageModelV4Prompt[number] => ({
  role: 'user',
  content: [{ type: 'text', text }],
})
const call = (changed: Partial<LanguageModelV4CallOptions>) =>
  callOptions('auto', { prompt: [user('hi')], ...changed })

describe('promptMessages', () => {
  it('carries all that models can read', () => {
    const messages = promptMessages([
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'file', mediaType: 'image/png', data: { type: 'data', data: new Uint8Array([1, 2, 255]) } },
          { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AQL/' } },
          { type: 'file', mediaType: 'image/*', data: { type: 'url', url: new URL('https://e.com/a') } },
          { type: 'file', mediaType: 'text/plain', data: { type: 'text', text: 'a note' } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'hm', providerOptions: { stratarouter: { signature: 's' } } },
          { type: 'text', text: 'wait' },
          { type: 'tool-call', toolCallId: '1', toolName: 'find', input: { a: 1 } },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: '1', toolName: 'find', output: { type: 'json', value: [1] } },
          {
            type: 'tool-result',
            toolCallId: '2',
            toolName: 'find',
            output: { type: 'error-text', value: 'no' },
          },
          { type: 'tool-result', toolCallId: '3', toolName: 'find', output: { type: 'execution-denied' } },
          {
            type: 'tool-result',
            toolCallId: '4',
            toolName: 'find',
            output: { type: 'content', value: [{ type: 'text', text: 'x' }] },
          },
        ],
      },
    ])
    expect(messages).toEqual([
      { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }] },
      {
        role: 'user',
        content: [
          { kind: 'text', text: 'look' },
          { kind: 'image', base64: 'AQL/', mediaType: 'image/png' },
          { kind: 'image', base64: 'AQL/', mediaType: 'image/png' },
          { kind: 'image', url: 'https://e.com/a' },
          { kind: 'text', text: 'a note' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { kind: 'reasoning', text: 'hm', signature: 's' },
          { kind: 'text', text: 'wait' },
          { kind: 'tool-call', id: '1', name: 'find', arguments: '{"a":1}' },
        ],
      },
      {
        role: 'tool',
        content: [
          { kind: 'tool-result', id: '1', content: [{ kind: 'text', text: '[1]' }] },
          { kind: 'tool-result', id: '2', content: [{ kind: 'text', text: 'no' }], isError: true },
          {
            kind: 'tool-result',
            id: '3',
            content: [{ kind: 'text', text: 'The user did not allow this tool to run.' }],
            isError: true,
          },
          { kind: 'tool-result', id: '4', content: [{ kind: 'text', text: 'x' }] },
        ],
      },
    ])
  })

  it('refuses all that some models could not read, by its place', () => {
    const prompt: LanguageModelV4Prompt = [
      {
        role: 'user',
        content: [
          { type: 'file', mediaType: 'audio/wav', data: { type: 'data', data: 'AA==' } },
          { type: 'file', mediaType: 'image/png', data: { type: 'reference', reference: { openai: 'f' } } },
          { type: 'file', mediaType: 'image', data: { type: 'data', data: 'AA==' } },
        ],
      },
      { role: 'assistant', content: [{ type: 'custom', kind: 'openai.thing' }] },
      { role: 'tool', content: [{ type: 'tool-approval-response', approvalId: '1', approved: true }] },
    ]
    expect(() => promptMessages(prompt)).toThrow(
      expect.objectContaining({
        code: 'untranslatable',
        details: [0, 1, 2]
          .map((index) => expect.objectContaining({ path: `prompt[0].content[${index}]` }))
          .concat([
            expect.objectContaining({ path: 'prompt[1].content[0]' }),
            expect.objectContaining({ path: 'prompt[2].content[0]' }),
          ]),
      }),
    )
  })
})

describe('callOptions', () => {
  it('leaves out what the call does not say', () => {
    expect(call({})).toEqual({
      options: { model: 'auto', messages: [{ role: 'user', content: [{ kind: 'text', text: 'hi' }] }] },
      warnings: [],
    })
  })

  it('carries tools, the form of the answer, and how much to think', () => {
    const { options } = call({
      tools: [{ type: 'function', name: 'find', inputSchema: { type: 'object' }, strict: true }],
      toolChoice: { type: 'tool', toolName: 'find' },
      responseFormat: { type: 'json', schema: { type: 'object' } },
      reasoning: 'low',
      stopSequences: ['.'],
    })
    expect(options).toMatchObject({
      tools: [{ name: 'find', parameters: { type: 'object' }, strict: true }],
      toolChoice: { name: 'find' },
      responseFormat: { kind: 'schema', name: 'answer', schema: { type: 'object' }, strict: true },
      reasoning: { effort: 'low' },
      stop: ['.'],
    })
    expect(call({ responseFormat: { type: 'json' }, reasoning: 'provider-default' }).options).toEqual({
      ...call({}).options,
      responseFormat: { kind: 'json' },
    })
  })

  it('warns of what only one provider has', () => {
    const { warnings, options } = call({
      tools: [{ type: 'provider', id: 'openai.web_search', name: 'search', args: {} }],
      headers: { 'user-agent': 'ai/7', 'x-own': 'a' },
      toolChoice: { type: 'required' },
    })
    expect(warnings.map((warning) => 'feature' in warning && warning.feature)).toEqual([
      'the tool openai.web_search, which only its provider has',
      'the header x-own',
    ])
    expect(options).toEqual(call({}).options)
  })
})
