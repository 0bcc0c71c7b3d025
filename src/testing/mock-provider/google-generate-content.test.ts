import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type MockProvider, startMockProvider } from './mock-provider.ts'

let provider: MockProvider
beforeAll(async () => {
  provider = await startMockProvider({ cachedInputTokens: 1, reasoningTokens: 3 })
})
afterEach(() => provider.reset())
afterAll(() => provider.close())

const call = (method: string, body: object, model = 'gemini-mock') =>
  fetch(`${provider.url}/v1beta/models/${encodeURIComponent(model)}:${method}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
const user = (text: string) => ({ contents: [{ role: 'user', parts: [{ text }] }] })
const tools = [
  {
    functionDeclarations: [
      { name: 'weather', parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' } } } },
    ],
  },
]

test('a plain answer repeats the last message and counts what was thought apart', async () => {
  expect(await (await call('generateContent', user('hello'))).json()).toMatchObject({
    candidates: [
      { content: { role: 'model', parts: [{ text: 'mock(gemini-mock): hello' }] }, finishReason: 'STOP' },
    ],
    usageMetadata: {
      promptTokenCount: 2,
      cachedContentTokenCount: 1,
      candidatesTokenCount: 6,
      thoughtsTokenCount: 3,
      totalTokenCount: 11,
    },
    modelVersion: 'gemini-mock',
  })
})

test('a streamed answer ends with the reason and the usage, in lines that end with CR and LF', async () => {
  const text = await (await call('streamGenerateContent?alt=sse', user('hello'))).text()
  const events = text.split('\r\n\r\n').filter((event) => event !== '')
  const chunks = events.map((event) => JSON.parse(event.replace(/^data: /, '')))
  expect(chunks.map(({ candidates: [candidate] }) => candidate.content.parts[0].text)).toEqual([
    'mock(gemini-mock):',
    ' hello',
  ])
  expect(chunks.map(({ candidates: [candidate] }) => candidate.finishReason)).toEqual([undefined, 'STOP'])
  expect(chunks.at(-1).usageMetadata).toMatchObject({ totalTokenCount: 11 })
})

test('functions are called, and their results repeated', async () => {
  const called = await (await call('generateContent', { ...user('[tool]'), tools })).json()
  expect(called.candidates[0].content.parts).toEqual([
    { functionCall: { name: 'weather', args: { city: 'mock' } } },
  ])
  const response = { functionResponse: { name: 'weather', response: { sky: 'blue' } } }
  const after = await (
    await call('generateContent', { contents: [{ role: 'user', parts: [response] }], tools })
  ).json()
  expect(after.candidates[0].content.parts[0].text).toBe('mock(gemini-mock): {"sky":"blue"}')
})

test('thoughts come first and structured output is what the schema allows', async () => {
  const generationConfig = {
    responseMimeType: 'application/json',
    responseSchema: { type: 'OBJECT', properties: { n: { type: 'INTEGER' } } },
    thinkingConfig: { includeThoughts: true },
  }
  const answer = await (await call('generateContent', { ...user('hello'), generationConfig })).json()
  expect(answer.candidates[0].content.parts).toEqual([
    { text: 'mock reasoning of gemini-mock', thought: true },
    { text: '{"n":1}' },
  ])
})

test('an error has the status of the interface, and when to come again', async () => {
  const answer = await call('generateContent', user('hello'), 'gemini-mock#429:2s')
  expect(answer.status).toBe(429)
  expect(await answer.json()).toMatchObject({
    error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '2s' }] },
  })
})
