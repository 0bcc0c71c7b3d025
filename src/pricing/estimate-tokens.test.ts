import { describe, expect, it } from 'vitest'
import { estimateTextTokens } from './estimate-text-tokens.ts'
import { estimateTokens } from './estimate-tokens.ts'

const TEXT = 'Where is my parcel? I ordered it last Tuesday.'
const text = estimateTextTokens(TEXT)

const chat = (content: unknown) => estimateTokens({ model: 'm', messages: [{ role: 'user', content }] })
const said = chat(TEXT)

describe('estimateTokens', () => {
  it('finds the same in the same conversation, whatever the protocol', () => {
    expect(said).toBeGreaterThan(text)
    expect(said).toBeLessThanOrEqual(text + 10)
    expect(chat([{ type: 'text', text: TEXT }])).toBe(said)
    const part = { type: 'input_text', text: TEXT }
    expect(estimateTokens({ input: [{ type: 'message', role: 'user', content: [part] }] })).toBe(said)
    expect(estimateTokens({ system: TEXT, messages: [{ role: 'user', content: TEXT }] })).toBe(said + text)
    expect(estimateTokens({ instructions: TEXT, input: TEXT })).toBeGreaterThanOrEqual(2 * text)
  })

  it('reads the texts and tokens of a call for embeddings', () => {
    const one = estimateTokens({ input: TEXT })
    expect(estimateTokens({ input: [TEXT, TEXT] })).toBe(one + text)
    expect(
      estimateTokens({ input: Array.from({ length: 500 }, (_, token) => token) }),
    ).toBeGreaterThanOrEqual(500)
  })

  it('counts calls of tools and their results, with the names of arguments', () => {
    const args = '{"order":"A-20931","includeHistory":true}'
    const openai = estimateTokens({
      messages: [
        { role: 'assistant', tool_calls: [{ id: 'x', function: { name: 'find_order', arguments: args } }] },
        { role: 'tool', tool_call_id: 'x', content: TEXT },
      ],
    })
    const anthropic = estimateTokens({
      messages: [
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 'x', name: 'find_order', input: JSON.parse(args) }],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x', content: TEXT }] },
      ],
    })
    expect(openai).toBeGreaterThan(text + estimateTextTokens(args))
    expect(anthropic).toBeGreaterThan(text + 10)
    expect(Math.abs(anthropic - openai)).toBeLessThan(15)
  })

  it('counts tools with the names in their schemas', () => {
    const schema = { type: 'object', properties: { orderNumber: { type: 'string', description: TEXT } } }
    const tool = { type: 'function', function: { name: 'find_order', parameters: schema } }
    const messages = [{ role: 'user', content: TEXT }]
    const one = estimateTokens({ messages, tools: [tool] })
    expect(one).toBeGreaterThan(said + text + estimateTextTokens('find_order orderNumber properties'))
    expect(one).toBeLessThan(said + text + estimateTextTokens(JSON.stringify(tool)))
    const anthropic = { name: 'find_order', input_schema: schema }
    expect(estimateTokens({ messages, tools: [anthropic] }) - one).toBeGreaterThan(300)
  })

  it('takes a flat number for a picture, however large', () => {
    const picture = (url: string) => chat([{ type: 'image_url', image_url: { url } }])
    expect(picture('https://example.com/a.png')).toBe(picture(`data:image/png;base64,${'A'.repeat(100_000)}`))
    expect(picture('')).toBe(said - text + 1600)
    expect(chat([{ type: 'image', source: { type: 'base64', data: 'A'.repeat(9000) } }])).toBe(picture(''))
  })

  it('judges files and sound by their size, not as text', () => {
    const data = 'A'.repeat(80_000)
    const file = chat([{ type: 'file', file: { file_data: data } }])
    expect(chat([{ type: 'document', source: { type: 'base64', data } }])).toBe(file)
    expect(file).toBeGreaterThan(10_000)
    expect(file).toBeLessThan(10_100)
    expect(chat([{ type: 'input_audio', input_audio: { data } }])).toBeLessThan(400)
    expect(chat([{ type: 'file', file: { file_id: 'f' } }])).toBeGreaterThan(1000)
    const note = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: TEXT } }
    expect(chat([note])).toBeLessThan(said + 10)
  })

  it('is not moved by what only the provider reads', () => {
    const thinking = { type: 'thinking', thinking: TEXT, signature: 'A'.repeat(10_000) }
    expect(chat([thinking])).toBe(said)
    expect(chat([{ type: 'text', text: TEXT, cache_control: { type: 'ephemeral' } }])).toBe(said)
  })

  it('takes the canonical form for what it says', () => {
    expect(chat([{ kind: 'text', text: TEXT }])).toBe(said)
    const picture = { kind: 'image', base64: 'A'.repeat(100_000), mediaType: 'image/png' }
    expect(chat([picture])).toBe(
      chat([{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }]),
    )
  })

  it('walks bodies of any depth', () => {
    let nested: unknown = TEXT
    for (let depth = 0; depth < 100_000; depth++) nested = depth % 2 === 0 ? [nested] : { content: nested }
    expect(chat(nested)).toBe(said)
    let call: unknown = TEXT
    for (let depth = 0; depth < 100_000; depth++) call = { type: 'tool_use', name: 'a', input: { call } }
    expect(chat([call])).toBeGreaterThan(text)
  })

  it('makes nothing of a body without content', () => {
    expect(estimateTokens({})).toBeLessThan(10)
    expect(estimateTokens({ messages: null, tools: 'none', system: 5 })).toBeLessThan(10)
  })
})
