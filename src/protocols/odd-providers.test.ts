import { expect, it } from 'vitest'
import type { ChatEvent } from '../contracts/index.ts'
import { answerOfEvents } from './answer-of-events.ts'
import { openaiChatTranslation } from './openai-chat/translation.ts'
import { openaiResponsesTranslation } from './openai-responses/translation.ts'
import type { ProviderProtocol } from './provider-protocol.ts'

function read(protocol: ProviderProtocol, data: readonly (object | string)[]): ChatEvent[] {
  const reader = protocol.eventReader()
  const events = data.flatMap((item) =>
    reader.read({ event: undefined, data: typeof item === 'string' ? item : JSON.stringify(item), text: '' }),
  )
  return [...events, ...reader.end()]
}

function readChat(deltas: readonly object[], finish = 'stop'): ChatEvent[] {
  const chunks = deltas.map((delta) => ({ id: 'c', model: 'm', choices: [{ delta, finish_reason: null }] }))
  return read(openaiChatTranslation, [
    ...chunks,
    { choices: [{ delta: {}, finish_reason: finish }] },
    '[DONE]',
  ])
}

const call = (fields: object) => ({ tool_calls: [fields] })

it('takes a tool call whose name comes after its first arguments', () => {
  const events = readChat([
    call({ index: 0, id: 'a', function: { arguments: '{"x"' } }),
    call({ index: 0, function: { name: 'f', arguments: ':1' } }),
    call({ index: 0, function: { arguments: '}' } }),
  ])
  expect(answerOfEvents(events).content).toEqual([
    { kind: 'tool-call', id: 'a', name: 'f', arguments: '{"x":1}' },
  ])
})

it('takes tool calls without numbers, a new identifier beginning a new one', () => {
  const events = readChat([
    call({ id: 'a', function: { name: 'f', arguments: '{}' } }),
    call({ id: 'b', function: { name: 'g', arguments: '{' } }),
    call({ function: { arguments: '}' } }),
  ])
  expect(answerOfEvents(events)).toMatchObject({
    content: [
      { id: 'a', name: 'f', arguments: '{}' },
      { id: 'b', name: 'g', arguments: '{}' },
    ],
    // Whatever word the provider has for it.
    finish: 'tool-calls',
  })
})

it('fails as malformed where pieces of tool calls come out of order', () => {
  expect(() =>
    readChat([
      call({ index: 0, id: 'a', function: { name: 'f', arguments: '{' } }),
      call({ index: 1, id: 'b', function: { name: 'g', arguments: '{}' } }),
      call({ index: 0, function: { arguments: '}' } }),
    ]),
  ).toThrow(expect.objectContaining({ outcome: 'malformed' }))
})

it('takes text around a tool call as parts of their own', () => {
  const events = readChat([
    { content: 'before' },
    call({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }),
    { content: 'after' },
  ])
  expect(answerOfEvents(events).content.map(({ kind }) => kind)).toEqual(['text', 'tool-call', 'text'])
})

it('takes a refusal as text that was filtered, whole and streamed', () => {
  const expected = { content: [{ kind: 'text', text: 'I cannot.' }], finish: 'content-filter' }
  expect(answerOfEvents(readChat([{ refusal: 'I ' }, { refusal: 'cannot.' }]))).toMatchObject(expected)
  const choices = [{ message: { content: null, refusal: 'I cannot.' }, finish_reason: 'stop' }]
  expect(openaiChatTranslation.readAnswer({ choices })).toMatchObject(expected)
})

it('takes the end of a chat stream without a reason as a stream that broke off', () => {
  const chunk = { choices: [{ delta: { content: 'x' }, finish_reason: null }] }
  expect(() => read(openaiChatTranslation, [chunk, '[DONE]'])).toThrow(
    expect.objectContaining({ outcome: 'truncated' }),
  )
})

it('takes Responses without `event:` lines, thoughts in sections, items without content, and arguments told at the end', () => {
  const delta = (text: string) => ({ type: 'response.reasoning_summary_text.delta', delta: text })
  const section = { type: 'response.reasoning_summary_part.added' }
  const done = { type: 'function_call', call_id: 'a', name: 'f', arguments: '{"x":1}' }
  const events = read(openaiResponsesTranslation, [
    { type: 'response.created', response: { id: 'r', model: 'm', created_at: 3 } },
    { type: 'response.output_item.added', item: { type: 'reasoning' } },
    { type: 'response.output_item.done', item: { type: 'reasoning', summary: [] } },
    { type: 'response.output_item.added', item: { type: 'reasoning' } },
    section,
    delta('One'),
    section,
    delta('Two'),
    { type: 'response.output_item.done', item: { type: 'reasoning', encrypted_content: null } },
    { type: 'response.output_item.added', item: { ...done, arguments: '' } },
    { type: 'response.output_item.done', item: done },
    { type: 'response.completed', response: { status: 'completed' } },
  ])
  expect(answerOfEvents(events)).toEqual({
    id: 'r',
    model: 'm',
    createdAt: 3,
    content: [
      { kind: 'reasoning', text: 'One\n\nTwo' },
      { kind: 'tool-call', id: 'a', name: 'f', arguments: '{"x":1}' },
    ],
    finish: 'tool-calls',
  })
  expect(events.map((event) => ('index' in event ? event.index : undefined))).toEqual([
    undefined,
    0,
    0,
    0,
    1,
    1,
    undefined,
  ])
})

it('tells a response that failed as the failure it is', () => {
  const failed = {
    type: 'response.failed',
    response: { error: { code: 'rate_limit_exceeded', message: 'x' } },
  }
  expect(() => read(openaiResponsesTranslation, [failed])).toThrow(
    expect.objectContaining({ outcome: 'rate-limited' }),
  )
})
