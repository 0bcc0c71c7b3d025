import { describe, expect, it } from 'vitest'
import type { AnswerKeeper, ChatAnswer, JsonObject } from '../../contracts/index.ts'
import { sseText } from '../sse.ts'
import { openaiResponses } from './caller-protocol.ts'

const OWN = `rs_sr${'0'.repeat(32)}`

/** Keeps in memory, with ids that count. */
class Keeper implements AnswerKeeper {
  readonly answers: string[] = []
  readonly items = new Map<string, JsonObject>()
  #count = 0

  answered(id: string): void {
    this.answers.push(id)
  }

  randomId(): string {
    return (this.#count++).toString(16).padStart(32, '0')
  }

  keep(id: string, item: JsonObject): void {
    this.items.set(id, item)
  }
}

const answer: ChatAnswer = {
  id: 'a1',
  model: 'm',
  createdAt: 1,
  content: [
    { kind: 'reasoning', text: 'hm', signature: 'anthropic:sig' },
    { kind: 'text', text: 'Let me look.' },
    { kind: 'tool-call', id: 'c1', name: 'f', arguments: '{}' },
  ],
  finish: 'tool-calls',
}

const reference = (id: unknown) => ({ type: 'item_reference', id })

describe('an answer in the protocol Responses that is kept', () => {
  const whole = () => {
    const keeper = new Keeper()
    const body = openaiResponses.writeAnswer(answer, { messages: [], stream: false }, keeper)
    return { keeper, output: body.output }
  }

  const streamed = () => {
    const keeper = new Keeper()
    const writer = openaiResponses.eventWriter({ messages: [], stream: true }, keeper)
    let text = writer.write({ kind: 'start', id: 'a1', model: 'm', createdAt: 1 })
    text += writer.write({ kind: 'reasoning', index: 0, text: 'hm', signature: 'anthropic:sig' })
    text += writer.write({ kind: 'text', index: 1, text: 'Let me ' })
    text += writer.write({ kind: 'text', index: 1, text: 'look.' })
    text += writer.write({ kind: 'tool-call', index: 2, id: 'c1', name: 'f' })
    text += writer.write({ kind: 'tool-arguments', index: 2, json: '{}' })
    text += writer.write({ kind: 'finish', reason: 'tool-calls' })
    const last = JSON.parse(text.split('data: ').at(-1) ?? '')
    const added = [...text.matchAll(/"type":"response.output_item.added".*?"id":"([^"]+)"/g)]
    expect(added.map(([, id]) => id)).toEqual(last.response.output.map((item: JsonObject) => item.id))
    return { keeper, output: last.response.output }
  }

  it.each([
    ['whole', whole],
    ['streamed', streamed],
  ])('has items that can be referred to and mean the same, %s', (_way, write) => {
    const { keeper, output } = write()
    expect(keeper.answers).toEqual(['a1'])
    expect([...keeper.items.values()]).toEqual(output)
    const references = [...keeper.items.keys()].map(reference)
    const body = { input: [{ role: 'user', content: 'hi' }, ...references] }
    const { withItems } = openaiResponses.earlierAnswers!
    const { messages } = openaiResponses.readRequest(withItems(body, (id) => keeper.items.get(id)))
    expect(messages[1]).toEqual({ role: 'assistant', content: answer.content })
  })
})

describe('a call in the protocol Responses that refers to items', () => {
  const earlier = openaiResponses.earlierAnswers!

  it('keeps references that nobody knows, which are refused by name where it is translated', () => {
    const body = { input: [reference('msg_1'), reference('msg_2')] }
    const found = earlier.withItems(body, (id) =>
      id === 'msg_1' ? { type: 'message', role: 'assistant', content: 'hi' } : undefined,
    )
    expect(found).toEqual({
      input: [{ type: 'message', role: 'assistant', content: 'hi' }, reference('msg_2')],
    })
    expect(earlier.refersToItems(found)).toBe(true)
    expect(() => openaiResponses.readRequest(found)).toThrow(
      expect.objectContaining({
        code: 'untranslatable',
        details: [
          expect.objectContaining({ path: 'input[1]', message: expect.stringContaining('send it whole') }),
        ],
      }),
    )
  })

  it.each([
    [{ input: 'hi' }],
    [{ input: [{ role: 'user', content: 'hi' }, null, 7] }],
    [{ input: [reference(7)] }],
    [{}],
  ])('is the same object where it refers to none: %j', (body) => {
    expect(earlier.withItems(body, () => ({}))).toBe(body)
    expect(earlier.refersToItems(body)).toBe(false)
  })

  it('may be referred to unless it says otherwise', () => {
    expect([{}, { store: true }, { store: null }, { store: false }].map(earlier.mayBeReferredTo)).toEqual([
      true,
      true,
      true,
      false,
    ])
  })
})

describe('thoughts on their way to OpenAI', () => {
  const prepared = (item: object) =>
    openaiResponses.prepare({ input: [{ role: 'user', content: 'hi' }, item] }, 'm', false).input

  it.each([
    { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'anthropic:sig' },
    { type: 'reasoning', id: OWN, summary: [], encrypted_content: 'google:sig' },
    { type: 'reasoning', id: OWN, summary: [{ type: 'summary_text', text: 'hm' }] },
  ])('are left out where it would refuse them: %j', (item) => {
    expect(prepared(item)).toEqual([{ role: 'user', content: 'hi' }])
  })

  it.each([
    { type: 'reasoning', id: 'rs_1', summary: [] },
    { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAA' },
    { type: 'message', id: OWN, role: 'assistant', content: 'anthropic:sig' },
  ])('go on where it had them, as all else does: %j', (item) => {
    expect(prepared(item)).toEqual([{ role: 'user', content: 'hi' }, item])
  })
})

describe('a stream of responses that is passed on', () => {
  const idOf = (data: string) => {
    const keeper = new Keeper()
    const watch = openaiResponses.streamWatch({}, keeper)
    expect(watch.see({ event: 'response.created', data, text: sseText('response.created', data) })).toBe(
      'go-on',
    )
    return keeper.answers
  }

  it('has the id of the answer noted, wherever it stands', () => {
    const response = { id: 'resp_1', object: 'response', instructions: '"response":{"id":"x"}' }
    expect(idOf(JSON.stringify({ type: 'response.created', response }))).toEqual(['resp_1'])
    expect(idOf(JSON.stringify({ response, type: 'response.created' }, undefined, 1))).toEqual(['resp_1'])
    expect(idOf('{"response":{"object":"response","id":"resp_2"}}')).toEqual(['resp_2'])
  })

  it('fails where the response failed, which the caller is told by that event; what it used is known', () => {
    const watch = openaiResponses.streamWatch({})
    const data = JSON.stringify({
      type: 'response.failed',
      response: {
        error: { code: 'rate_limit_exceeded', message: 'slow down' },
        usage: { input_tokens: 5, output_tokens: 2 },
      },
    })
    expect(() => watch.see({ event: 'response.failed', data, text: '' })).toThrow(
      expect.objectContaining({ outcome: 'rate-limited', isTold: true }),
    )
    expect(watch.usage()).toMatchObject({ inputTokens: 5, outputTokens: 2 })
  })
})

it('tells clients that the previous response is not known as OpenAI does', () => {
  const details = [{ path: 'previous_response_id', message: 'expected another' }]
  const error = { status: 400, code: 'invalid_request', message: 'no', details, requestId: 'r1' }
  expect(openaiResponses.errorBody(error)).toMatchObject({
    error: { code: 'previous_response_not_found', param: 'previous_response_id' },
  })
})
