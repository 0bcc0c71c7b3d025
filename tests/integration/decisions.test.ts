import { describe, expect, it } from 'vitest'
import { expectError } from './expect-error.ts'
import { withoutTime } from './serving.ts'
import { servingForAllTests } from './serving-lifetimes.ts'

const serving = servingForAllTests()
const { call } = serving

describe('POST /v1/route', () => {
  it('answers with a decision and its id', async () => {
    const { status, json } = await call('POST', '/v1/route', { text: 'I was charged twice' })
    expect(status).toBe(200)
    expect(json).toMatchObject({ route: 'billing', reason: 'match', metadata: { team: 'finance' } })
    expect(json.id).toMatch(/^dec_/)
    expect(json.confidence).toBeGreaterThan(0)
    expect(json.confidence).toBeLessThan(1)
  })

  it('takes options', async () => {
    const all = await call('POST', '/v1/route', { text: 'I was charged twice', topK: 1, explain: true })
    expect(all.json.candidates).toHaveLength(1)
    expect(all.json.explanation.summary).toMatch(/\S/)
    const strict = await call('POST', '/v1/route', { text: 'hello', threshold: 1 })
    expect(strict.json).toMatchObject({ route: null, threshold: 1 })
    const others = await call('POST', '/v1/route', {
      text: 'I was charged twice',
      exclude: ['billing'],
      context: ['hello'],
      metadata: { plan: 'pro', seats: 3, trial: false },
      routeSet: 'default',
    })
    expect(others.json.route).not.toBe('billing')
    const only = await call('POST', '/v1/route', { text: 'I was charged twice', include: ['support'] })
    expect(only.json.candidates.map((candidate: { route: string }) => candidate.route)).toEqual(['support'])
  })

  it('takes a vector as numbers or as base64, with the same decision', async () => {
    const vector = serving.app.encoder.encode('I was charged twice')
    const bytes = Buffer.alloc(vector.length * 4)
    for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4)
    const numbers = await call('POST', '/v1/route', { embedding: [...vector] })
    const base64 = await call('POST', '/v1/route', { embedding: bytes.toString('base64') })
    expect(numbers.status).toBe(200)
    expect(withoutTime(base64.json)).toEqual(withoutTime(numbers.json))
    const size = vector.length
    expectError(await call('POST', '/v1/route', { embedding: [1, 2, 3] }), 400, 'dimension_mismatch')
    expectError(await call('POST', '/v1/route', { embedding: 'AAAA' }), 400, 'invalid_request')
    expectError(await call('POST', '/v1/route', { embedding: '!'.repeat(8) }), 400, 'invalid_request')
    expectError(
      await call('POST', '/v1/route', { embedding: Array(size).fill(1e300) }),
      400,
      'invalid_request',
    )
  })

  it('refuses what it does not understand, each problem by name', async () => {
    const answer = await call('POST', '/v1/route', { text: 'x', topk: 3, treshold: 2, threshold: 2 })
    expectError(answer, 400, 'invalid_request')
    expect(answer.json.error.details).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'topk', got: '3', nearest: 'topK' }),
        expect.objectContaining({ path: 'treshold', nearest: 'threshold' }),
        expect.objectContaining({ path: 'threshold', got: '2' }),
      ]),
    )
  })

  it.each([
    [{}],
    [[]],
    [null],
    ['"text"'],
    [{ text: 5 }],
    [{ text: 'x', embedding: [1] }],
    [{ text: 'x', topK: 0 }],
    [{ text: 'x', topK: 1.5 }],
    ['{"text": "x", "topK": 1e999}'],
    [{ text: 'x', explain: 'yes' }],
    [{ text: 'x', context: 'y' }],
    [{ text: 'x', routeSet: '../../etc' }],
    [{ text: 'x', metadata: { nested: {} } }],
    ['{"text": "x", "__proto__": {"topK": 5}}'],
    ['{"text": "x", "constructor": 1}'],
  ])('refuses %j', async (body) => {
    expectError(await call('POST', '/v1/route', body === null ? 'null' : body), 400, 'invalid_request')
  })

  it('names the route set that does not exist', async () => {
    const answer = await call('POST', '/v1/route', { text: 'x', routeSet: 'defualt' })
    expectError(answer, 404, 'route_set_not_found')
    expect(answer.json.error.details[0]).toMatchObject({ path: 'routeSet', nearest: 'default' })
  })

  it('measures texts in bytes of UTF-8', async () => {
    const limit = serving.app.config.server.textLimitBytes
    const longest = 'é'.repeat(limit / 2)
    expect((await call('POST', '/v1/route', { text: longest })).status).toBe(200)
    expectError(await call('POST', '/v1/route', { text: `${longest}.` }), 413, 'text_too_long')
    expectError(
      await call('POST', '/v1/route', { text: 'x', context: [`${longest}.`] }),
      413,
      'text_too_long',
    )
    expectError(await call('POST', '/v1/route/batch', { texts: ['x', `${longest}.`] }), 413, 'text_too_long')
  })

  it('takes empty texts, emoji, control characters and lone surrogates', async () => {
    for (const text of ['""', '"\\u0000"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\udc00\\ud800 refund"']) {
      expect((await call('POST', '/v1/route', `{"text": ${text}}`)).status).toBe(200)
    }
  })
})

describe('POST /v1/route/batch', () => {
  it('decides as one call each would', async () => {
    const texts = [
      'I was charged twice',
      'nothing loads',
      '',
      'what is the meaning of life',
      'I want a refund',
    ]
    const batch = await call('POST', '/v1/route/batch', { texts, topK: 2 })
    expect(batch.json.decisions).toHaveLength(texts.length)
    for (const [index, text] of texts.entries()) {
      const single = await call('POST', '/v1/route', { text, topK: 2 })
      expect(withoutTime(batch.json.decisions[index])).toEqual(withoutTime(single.json))
    }
    const ids = batch.json.decisions.map((decision: { id: string }) => decision.id)
    expect(new Set(ids).size).toBe(texts.length)
  })

  it('takes 1 to 1024 texts', async () => {
    expectError(await call('POST', '/v1/route/batch', { texts: [] }), 400, 'invalid_request')
    expectError(
      await call('POST', '/v1/route/batch', { texts: Array(1025).fill('x') }),
      400,
      'invalid_request',
    )
    expect(
      (await call('POST', '/v1/route/batch', { texts: Array(1024).fill('x') })).json.decisions,
    ).toHaveLength(1024)
    expectError(await call('POST', '/v1/route/batch', { texts: ['x', 5] }), 400, 'invalid_request')
  })
})
