import { describe, expect, it } from 'vitest'
import { chatRequest } from './chat-request.ts'

/** What is wrong, by path. */
function problems(options: object): Record<string, string> {
  try {
    chatRequest(options, false)
  } catch (error) {
    const { details } = error as { details: { path: string; message: string }[] }
    return Object.fromEntries(details.map(({ path, message }) => [path, message]))
  }
  throw new Error('expected a refusal')
}

describe('chatRequest', () => {
  it('makes a user message of a text, and a part of text of a content that is one', () => {
    expect(chatRequest({ text: 'hi', temperature: 0 }, true)).toEqual({
      messages: [{ role: 'user', content: [{ kind: 'text', text: 'hi' }] }],
      temperature: 0,
      stream: true,
    })
    const parts = [{ kind: 'image', url: 'https://example.com/a.png' }] as const
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: parts },
    ] as const
    expect(chatRequest({ messages, session: 's', tenant: 't', model: 'm' }, false)).toEqual({
      messages: [
        { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }] },
        { role: 'user', content: parts },
      ],
      stream: false,
    })
  })

  it('refuses all that is wrong at once, misspelt names with the nearest one', () => {
    expect(problems({ txt: 'hi', maxTokens: 5 })).toEqual({
      txt: 'unknown; did you mean text?',
      maxTokens: expect.stringMatching(/^unknown; (did you mean|known are) /),
      text: 'expected either `text` or `messages`',
    })
    expect(Object.keys(problems({ text: 'a', messages: [] }))).toEqual(['text'])
    expect(problems({ text: 7 })).toEqual({ text: 'expected text, got number' })
    expect(Object.keys(problems({ messages: [] }))).toEqual(['messages'])
    const messages = [{ role: 'robot', content: 'a' }, { role: 'user', content: [{ type: 'text' }] }, null]
    expect(Object.keys(problems({ messages }))).toEqual([
      'messages[0].role',
      'messages[1].content',
      'messages[2].role',
      'messages[2].content',
    ])
  })
})
