import { expect, it } from 'vitest'
import { parseAnswer } from './parse-answer.ts'

it('takes an object for an answer, also where it says that there was no error', () => {
  expect(parseAnswer('{"choices":[]}')).toEqual({ choices: [] })
  expect(parseAnswer('{"output":[],"error":null}')).toEqual({ output: [], error: null })
})

it.each([
  ['half an object', '{"choices":[', 'malformed'],
  ['a list', '[]', 'malformed'],
  ['a web page', '<!doctype html>', 'malformed'],
  ['an error of the server', '{"error":{"message":"x","type":"server_error"}}', 'server-error'],
  ['a rate limit', '{"error":{"message":"x","code":429}}', 'rate-limited'],
  ['an error of Anthropic', '{"type":"error","error":{"type":"overloaded_error"}}', 'server-error'],
])('knows %s for none, whatever the status', (_title, text, outcome) => {
  expect(() => parseAnswer(text)).toThrow(expect.objectContaining({ outcome }))
})
