import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ERROR_CODES } from '../../src/errors/index.ts'
import { readRouteRequest } from '../../src/server/wire/read-route-request.ts'
import { routeRequestSchema } from '../../src/server/wire/route-request.ts'
import { type Answer, billing, type Serving, serve, support } from './serving.ts'

let serving: Serving
beforeAll(async () => {
  serving = await serve({ flags: { 'limits.routeSets': 3, 'limits.routesPerSet': 20 } })
  await serving.call('PUT', '/v1/route-sets/default', { routes: [billing, support] })
})
afterAll(() => serving.end())

/** Every status below 500 with a documented code, whatever was sent; and the server still decides. */
function expectDocumented(answer: Answer): void {
  if (answer.status < 400) return
  const code = answer.json?.error?.code as keyof typeof ERROR_CODES
  expect(answer.status, answer.text).toBeLessThan(500)
  expect(ERROR_CODES[code]?.status, answer.text).toBe(answer.status)
  expect(answer.json.error.requestId).toBe(answer.headers.get('x-request-id'))
}

const nastyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\ud800',
    '\udfff\ud800',
    '\u202e',
    'e\u0301'.repeat(50),
    '\ufeff',
    '🏳️‍🌈',
    'ﷺ'.repeat(100),
    '(a+)+$',
  ),
)
const nastyKey = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'text',
  'topK',
  'name',
  'routes',
  'examples',
  'rules',
  'metadata',
  '',
)
const nastyValue = fc.anything({
  key: fc.oneof(nastyKey, fc.string()),
  values: [nastyText, fc.double(), fc.integer(), fc.boolean(), fc.constant(null)],
  maxDepth: 4,
})
const requestLike = fc.record(
  {
    text: fc.oneof({ weight: 5, arbitrary: nastyText }, { weight: 1, arbitrary: nastyValue }),
    embedding: fc.oneof(fc.array(fc.double(), { maxLength: 300 }), fc.base64String(), nastyValue),
    topK: fc.oneof(fc.integer({ min: -5, max: 200 }), fc.double(), nastyValue),
    explain: fc.oneof(fc.boolean(), nastyValue),
    threshold: fc.oneof(fc.double({ min: -1, max: 2 }), nastyValue),
    context: fc.oneof(fc.array(nastyText), nastyValue),
    routeSet: fc.oneof(fc.constantFrom('default', 'nope'), nastyValue),
    include: fc.oneof(fc.array(fc.constantFrom('billing', 'support', '')), nastyValue),
    exclude: fc.oneof(fc.array(fc.constantFrom('billing', 'support', 'none')), nastyValue),
    metadata: nastyValue,
  },
  { requiredKeys: [] },
)
/** Near what the quick check takes, and near its bounds. */
const usualRequest = fc.record(
  {
    text: fc.oneof({ weight: 9, arbitrary: nastyText }, { weight: 1, arbitrary: nastyValue }),
    topK: fc.oneof(fc.integer({ min: -1, max: 102 }), fc.constantFrom(0, 1, 1.5, 100, 101, '3', null)),
    explain: fc.constantFrom(true, false, 0, 'true', null),
    threshold: fc.oneof(
      fc.double({ min: -0.5, max: 1.5 }),
      fc.constantFrom(0, 1, -1e-9, 1 + 1e-9, '0.5', null),
    ),
  },
  { requiredKeys: [] },
)
const ruleLike = fc.record(
  {
    when: fc.oneof(
      fc.record({ phrase: nastyText }),
      fc.record({
        regex: fc.oneof(
          nastyText,
          fc.constantFrom('(a|a)*$', '(?=x)', '\\1', '[', 'a{1000}{1000}', '(?<n>x)'),
        ),
      }),
      nastyValue,
    ),
    then: fc.oneof(fc.constantFrom('force', 'forbid', 'favour'), nastyValue),
    priority: fc.oneof(fc.integer(), nastyValue),
  },
  { requiredKeys: [] },
)
const routeLike = fc.record(
  {
    name: fc.oneof(fc.stringMatching(/^[a-z]{1,8}$/), nastyValue),
    description: fc.oneof(nastyText, nastyValue),
    examples: fc.oneof(fc.array(nastyText, { maxLength: 4 }), nastyValue),
    negatives: fc.oneof(fc.array(nastyText, { maxLength: 2 }), nastyValue),
    rules: fc.oneof(fc.array(ruleLike, { maxLength: 3 }), nastyValue),
    keywords: fc.array(nastyText, { maxLength: 2 }),
    patterns: fc.array(nastyText, { maxLength: 2 }),
    threshold: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), nastyValue),
    tags: fc.oneof(fc.array(nastyText, { maxLength: 2 }), nastyValue),
    metadata: nastyValue,
    target: nastyValue,
  },
  { requiredKeys: [] },
)
const setLike = fc.record(
  {
    routes: fc.oneof(fc.array(routeLike, { maxLength: 3 }), nastyValue),
    outOfScope: fc.oneof(fc.array(nastyText, { maxLength: 3 }), nastyValue),
    defaults: fc.oneof(
      fc.record({ threshold: fc.double(), maxErrorRate: fc.double() }, { requiredKeys: [] }),
      nastyValue,
    ),
    version: fc.oneof(fc.constant(1), nastyValue),
  },
  { requiredKeys: [] },
)

const CALLS: readonly (readonly [method: string, path: string, body: fc.Arbitrary<unknown>, runs: number])[] =
  [
    ['POST', '/v1/route', requestLike, 800],
    [
      'POST',
      '/v1/route/batch',
      fc.record(
        { texts: fc.oneof(fc.array(nastyText), nastyValue), topK: nastyValue },
        { requiredKeys: ['texts'] },
      ),
      200,
    ],
    [
      'POST',
      '/v1/eval',
      fc.record({
        data: fc.oneof(
          fc.array(fc.record({ text: nastyText, route: fc.constantFrom('billing', 'nope', null) })),
          nastyValue,
        ),
      }),
      200,
    ],
    ['POST', '/v1/routes', routeLike, 300],
    ['PUT', '/v1/routes/some', routeLike, 300],
    ['PUT', '/v1/route-sets/some', setLike, 300],
  ]

describe('whatever is sent', () => {
  it.each(CALLS)('%s %s answers or refuses by the table', async (method, path, body, runs) => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 9, arbitrary: body }, { weight: 1, arbitrary: nastyValue }),
        async (value) => {
          const text = JSON.stringify(value)
          if (text === undefined) return
          expectDocumented(await serving.call(method, path, text))
        },
      ),
      { numRuns: runs },
    )
    expect((await serving.call('POST', '/v1/route', { text: 'hello' })).status).toBe(200)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('as raw bytes is answered or refused by the table', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ minLength: 1, maxLength: 200 }),
          fc.json().map((json) => Buffer.from(json)),
          fc
            .json()
            .chain((json) =>
              fc.nat(Math.max(1, json.length)).map((cut) => Buffer.from(`${json.slice(0, cut)} `)),
            ),
          fc.integer({ min: 1, max: 5000 }).map((depth) => Buffer.from('{"a":'.repeat(depth))),
          fc
            .integer({ min: 1, max: 5000 })
            .map((depth) => Buffer.from(`{"text":${'['.repeat(depth)}${']'.repeat(depth)}}`)),
          fc.bigInt().map((number) => Buffer.from(`{"text":"x","topK":${number}e${number}}`)),
        ),
        fc.constantFrom('/v1/route', '/v1/route/batch', '/v1/eval', '/v1/routes'),
        async (bytes, path) => expectDocumented(await serving.call('POST', path, bytes)),
      ),
      { numRuns: 500 },
    )
  })

  it('as a path, a version or a request id is answered or refused by the table', async () => {
    const header = fc.stringMatching(/^[\x21-\x7e]([\x20-\x7e]{0,30}[\x21-\x7e])?$/)
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        header,
        header,
        fc.constantFrom('GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'),
        async (segment, match, id, method) => {
          const name = encodeURIComponent(segment.toWellFormed())
          const body = method === 'PUT' ? { examples: ['x'] } : undefined
          const headers = { 'if-match': match, 'x-request-id': id }
          expectDocumented(await serving.call(method, `/v1/routes/${name}`, body, headers))
          expectDocumented(await serving.call(method, `/v1/route-sets/x/routes/${name}`, body, headers))
          expectDocumented(await serving.call(method, `/${name}`, body, headers))
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('the quick check of a request', () => {
  it('never lets through what the schema refuses, nor changes it', () => {
    const refused = Symbol('refused')
    fc.assert(
      fc.property(fc.oneof(usualRequest, requestLike), (value) => {
        const body: unknown = JSON.parse(JSON.stringify(value))
        const bySchema = routeRequestSchema.safeParse(body)
        let quick: unknown = refused
        try {
          quick = readRouteRequest(body, 1_000_000)
        } catch {
          // Refused, as the schema must have done.
        }
        expect(quick).toEqual(bySchema.success ? bySchema.data : refused)
      }),
      { numRuns: 3000 },
    )
  })
})
