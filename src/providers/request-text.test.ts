import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { JsonObject, ModelCall } from '../contracts/index.ts'
import { callerProtocols } from '../protocols/caller-protocols.ts'
import { requestText } from './request-text.ts'

const chat = callerProtocols['openai-chat']
const callOf = (text: string): ModelCall => {
  const body = JSON.parse(text) as JsonObject
  return { protocol: 'openai-chat', body, text, stream: body.stream === true, headers: {} }
}
const sent = (text: string, model: string) => requestText(callOf(text), model, chat)

it('changes the name of the model and leaves every other character as it came', () => {
  expect(sent('{ "model" : "fast",\n "messages": [], "seed": 1.50 }', 'gpt-5')).toBe(
    '{ "model":"gpt-5",\n "messages": [], "seed": 1.50 }',
  )
  expect(sent('{"model":"gpt-5", "x":1.0}', 'gpt-5')).toBe('{"model":"gpt-5", "x":1.0}')
})

it.each([
  '{"tools":[{"model":"a"}],"model":"a"}',
  '{"model":"b","model":"a"}',
  '{"note":"model","mod\\u0065l":"a"}',
  '{"model":"\\u0061"}',
  '{"messages":[{"content":"\\"model\\": \\"a\\""}],"model":"a"}',
])('writes the text anew where the name could be somewhere else: %s', (text) => {
  expect(JSON.parse(sent(text, 'gpt-5'))).toEqual({ ...(JSON.parse(text) as object), model: 'gpt-5' })
})

it('says the same as the body with another model, whatever the body', () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue())
  fc.assert(
    fc.property(json, fc.string(), fc.string(), fc.boolean(), fc.nat(3), (rest, from, to, stream, indent) => {
      const body = { ...rest, model: from, ...(stream ? { stream } : {}) }
      const text = JSON.stringify(body, undefined, indent)
      expect(JSON.parse(sent(text, to))).toEqual(
        JSON.parse(JSON.stringify(chat.prepare(JSON.parse(text) as JsonObject, to, stream))),
      )
    }),
  )
})
