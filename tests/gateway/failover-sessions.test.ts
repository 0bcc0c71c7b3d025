import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { billing, support } from '../integration/serving.ts'
import { CALLERS, type Caller, CHAT, readAnswer } from './callers.ts'
import { serveGateway } from './gateway.ts'

const RESPONSES = CALLERS.find(({ protocol }) => protocol === 'openai-responses') as Caller

const INVOICE = 'where is my invoice?'
const CRASH = 'the app crashes when I log in'
const THANKS = 'xyzzy plugh quux'

/** A gateway that sends billing to one model and support to another, with that margin. */
async function serveRoutes(sessionMargin?: number) {
  const served = await serveGateway((url) => ({
    providers: { openai: { apiKey: 'sk-openai', baseUrl: `${url}/v1` } },
    models: { money: { provider: 'openai' }, help: { provider: 'openai' }, any: { provider: 'openai' } },
    defaultModel: 'any',
    ...(sessionMargin === undefined ? {} : { execution: { sessionMargin } }),
  }))
  const put = await served.gateway.call('PUT', '/v1/route-sets/default', {
    routes: [
      { ...billing, target: { model: 'money' } },
      { ...support, target: { model: 'help' } },
    ],
  })
  expect(put.status, put.text).toBe(201)
  return served
}

type Turn = { readonly role: string; readonly content: unknown; readonly [field: string]: unknown }

const user = (content: string): Turn => ({ role: 'user', content })
const assistant = (content: string): Turn => ({ role: 'assistant', content })

describe('a conversation with auto', () => {
  let served: Awaited<ReturnType<typeof serveRoutes>>
  beforeAll(async () => {
    served = await serveRoutes()
  })
  beforeEach(() => served.mock.reset())
  afterAll(() => served.end())

  const model = async (messages: readonly Turn[], headers: Readonly<Record<string, string>> = {}) => {
    const answer = await readAnswer(served.gateway.url, CHAT, { model: 'auto', messages }, { headers })
    expect(answer.status, answer.text).toBe(200)
    return answer.headers.get('x-stratarouter-model')
  }

  it('begins where its first message is routed', async () => {
    expect(await model([user(INVOICE)])).toBe('money')
    expect(await model([user(CRASH)])).toBe('help')
    expect(await model([user(THANKS)])).toBe('any')
  })

  it('stays put for a message that no route is sure of', async () => {
    const first = [user(INVOICE), assistant('Here.')]
    await model([user(INVOICE)])
    expect(await model([...first, user(THANKS)])).toBe('money')
  })

  it('moves for a message that another route is surer of by the margin, and stays there', async () => {
    const turns = [user(`${INVOICE} (1)`)]
    expect(await model(turns)).toBe('money')
    turns.push(assistant('Here.'), user(CRASH))
    expect(await model(turns)).toBe('help')
    turns.push(assistant('Oh.'), user(THANKS))
    expect(await model(turns)).toBe('help')
  })

  it('is told from others by its first messages, or by its name', async () => {
    const later = [user('plugh'), assistant('Hello.'), user(THANKS)]
    expect(await model([user(INVOICE)], { 'x-stratarouter-session': 'one' })).toBe('money')
    expect(await model([user(CRASH)], { 'x-stratarouter-session': 'two' })).toBe('help')
    expect(await model(later, { 'x-stratarouter-session': 'one' })).toBe('money')
    expect(await model(later, { 'x-stratarouter-session': 'two' })).toBe('help')
    expect(await model(later)).toBe('any')
  })

  it('that is named stays put also where its earlier messages are not sent again', async () => {
    const named = { 'x-stratarouter-session': 'three' }
    expect(await model([user(INVOICE)], named)).toBe('money')
    expect(await model([user(THANKS)], named)).toBe('money')
  })

  it('that the provider keeps is known by its name', async () => {
    const asking = async (input: string, conversation: unknown) => {
      const body = { model: 'auto', input, conversation }
      const answer = await readAnswer(served.gateway.url, RESPONSES, body)
      expect(answer.status, answer.text).toBe(200)
      return answer.headers.get('x-stratarouter-model')
    }
    expect(await asking(INVOICE, 'conv_1')).toBe('money')
    expect(await asking(THANKS, { id: 'conv_1' })).toBe('money')
    expect(await asking(THANKS, 'conv_2')).toBe('any')
  })

  it.each(CALLERS)(
    'brings the answer of a tool to the model that asked for it, for callers of $protocol',
    async (caller) => {
      const asking = async (body: object) => {
        const answer = await readAnswer(
          served.gateway.url,
          caller,
          { model: 'auto', ...body },
          { headers: { 'x-stratarouter-session': `tools of ${caller.protocol}` } },
        )
        expect(answer.status, answer.text).toBe(200)
        return answer.headers.get('x-stratarouter-model')
      }
      expect(await asking(caller.bodyOf(INVOICE))).toBe('money')
      // By its last message of the user alone it would go elsewhere.
      expect(await asking(TOOL_ANSWERS[caller.protocol as keyof typeof TOOL_ANSWERS])).toBe('money')
    },
  )
})

const call = { id: 'call_1', type: 'function', function: { name: 'find', arguments: '{}' } }

const TOOL_ANSWERS = {
  'openai-chat': {
    messages: [
      user(CRASH),
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: 'found' },
    ],
  },
  'openai-responses': {
    input: [
      user(CRASH),
      { type: 'function_call', call_id: 'call_1', name: 'find', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'found' },
    ],
  },
  'anthropic-messages': {
    max_tokens: 100,
    tools: [{ name: 'find', input_schema: { type: 'object' } }],
    messages: [
      user(CRASH),
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'find', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'found' }] },
    ],
  },
}

it.each([
  [1, 'money'],
  [0, 'help'],
])('execution.sessionMargin of %s decides whether a conversation moves', async (margin, expected) => {
  const served = await serveRoutes(margin)
  try {
    const ask = (messages: readonly Turn[]) =>
      readAnswer(served.gateway.url, CHAT, { model: 'auto', messages })
    await ask([user(INVOICE)])
    const { headers } = await ask([user(INVOICE), assistant('Here.'), user(CRASH)])
    expect(headers.get('x-stratarouter-model')).toBe(expected)
  } finally {
    await served.end()
  }
})
