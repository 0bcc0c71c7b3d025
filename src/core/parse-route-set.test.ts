import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isStrataError, type StrataError } from '../errors/index.ts'
import { parseLabelledRows, parseRoute, parseRouteSet, parseRouteSetWithNotes } from './parse-route-set.ts'

function refusal(action: () => unknown): StrataError {
  try {
    action()
  } catch (error) {
    if (isStrataError(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}

/** Path → detail of everything that is wrong with a set of these routes. */
const problemsOf = (...routes: unknown[]) =>
  Object.fromEntries(refusal(() => parseRouteSet({ routes })).details.map((detail) => [detail.path, detail]))

describe('what is accepted', () => {
  test('the documented shape comes back with aliases resolved and nothing added', () => {
    const routeSet = parseRouteSet({
      version: 1,
      routes: [
        {
          name: 'billing',
          description: 'Invoices, refunds, payments',
          examples: ['where is my invoice?', 'I was charged twice'],
          negatives: ['how do I build an invoicing app?'],
          rules: [
            { when: { regex: '\\bINV-\\d+\\b' }, then: 'force', priority: 2 },
            { when: { metadata: { plan: 'pro' } }, then: 'forbid' },
          ],
          keywords: ['refund'],
          patterns: ['chargeback', '/iban [a-z]{2}/s'],
          threshold: 0.6,
          tags: ['money'],
          metadata: { team: 'finance' },
          target: { model: 'fast', fallbacks: ['careful'] },
        },
        { name: 'other', examples: ['x'] },
      ],
      outOfScope: ['what is the meaning of life'],
      defaults: { threshold: 0.5 },
    })
    expect(routeSet.routes[0]?.rules).toEqual([
      { when: { regex: '\\bINV-\\d+\\b' }, then: 'force', priority: 2 },
      { when: { metadata: { plan: 'pro' } }, then: 'forbid' },
      { when: { phrase: 'refund' }, then: 'favour' },
      { when: { phrase: 'chargeback' }, then: 'force' },
      { when: { regex: 'iban [a-z]{2}', flags: 's' }, then: 'force' },
    ])
    expect(routeSet.routes[0]).toMatchObject({
      threshold: 0.6,
      tags: ['money'],
      metadata: { team: 'finance' },
    })
    expect(routeSet.routes[1]).toEqual({ name: 'other', examples: ['x'] })
    expect(routeSet.outOfScope).toEqual(['what is the meaning of life'])
    expect(routeSet.defaults).toEqual({ threshold: 0.5 })
  })

  test('a bare list of routes, and id for name, and utterances or references for examples', () => {
    expect(
      parseRouteSet([
        { id: 'a', utterances: ['x'] },
        { name: 'b', references: ['y'] },
      ]),
    ).toEqual({
      routes: [
        { name: 'a', examples: ['x'] },
        { name: 'b', examples: ['y'] },
      ],
    })
  })

  test('a route list of the older StrataRouter loads as it is', () => {
    const [route] = parseRouteSet([
      {
        id: 'billing',
        description: '',
        examples: ['invoice'],
        keywords: ['refund'],
        patterns: ['/^pay/'],
        threshold: 0.3,
        metadata: {},
      },
    ]).routes
    expect(route).toEqual({
      name: 'billing',
      examples: ['invoice'],
      rules: [
        { when: { phrase: 'refund' }, then: 'favour' },
        { when: { regex: '^pay' }, then: 'force' },
      ],
      threshold: 0.3,
      metadata: {},
    })
  })

  test('a file of semantic-router loads as it is, with a note for each field that means nothing here', () => {
    const { routeSet, notes } = parseRouteSetWithNotes({
      encoder_type: 'huggingface',
      encoder_name: 'all-MiniLM-L6-v2',
      routes: [
        {
          name: 'politics',
          utterances: ["isn't politics the best thing ever"],
          description: null,
          function_schemas: null,
          llm: { module: 'openai' },
          score_threshold: 0.82,
          metadata: { a: 1 },
        },
        { name: 'chitchat', utterances: ['hi'], score_threshold: 0.7, llm: null },
      ],
    })
    expect(routeSet.routes[0]).toEqual({
      name: 'politics',
      examples: ["isn't politics the best thing ever"],
      metadata: { a: 1 },
    })
    expect(notes).toHaveLength(4)
    expect(notes[3]).toMatch(/^routes\[0\]\.score_threshold is not used: .*threshold/)
  })

  test('a router saved by semantic-router 1 loads as it is, its raw thresholds passed over', () => {
    const { routeSet, notes } = parseRouteSetWithNotes({
      router_type: 'indexed',
      encoder: { type: 'huggingface', name: 'all-MiniLM-L6-v2' },
      sparse_encoder: null,
      alpha: 0.7,
      top_k: 5,
      aggregation: 'mean',
      index: { type: 'local' },
      confidence_threshold: 0.4,
      calibrator: { method: 'platt', params: { a: [1], b: [0] } },
      refresh_interval: null,
      routes: [
        {
          name: 'billing',
          utterances: ['where is my invoice?'],
          description: null,
          confidence_threshold: 0.45,
          metadata: {},
        },
      ],
    })
    expect(routeSet).toEqual({
      routes: [{ name: 'billing', examples: ['where is my invoice?'], metadata: {} }],
    })
    expect(notes).toContain('encoder is not used: the encoder is chosen where the router is made.')
    expect(notes).toContainEqual(expect.stringMatching(/^confidence_threshold .* raw similarities/))
  })

  test.each([{ type: 'HuggingFaceEncoder', model_name: null, dimension: 384 }, null])(
    'a router saved by the older StrataRouter loads as it is: encoder_config %j',
    (encoder_config) => {
      const state = { version: '0.2.1', mode: 'local', dimension: 384, threshold: 0.5, encoder_config }
      const route = {
        name: 'billing',
        utterances: ['invoice'],
        description: null,
        metadata: {},
        threshold: 0.82,
      }
      const { routeSet, notes } = parseRouteSetWithNotes({ ...state, routes: [route] })
      expect(routeSet.routes).toEqual([
        { name: 'billing', examples: ['invoice'], metadata: {}, threshold: 0.82 },
      ])
      expect(notes).toContainEqual(expect.stringMatching(/^threshold is not used/))
    },
  )

  test('a threshold at the top of our own file is refused, as it would do nothing', () => {
    expect(() => parseRouteSet({ threshold: 0.7, routes: [] })).toThrow(/threshold: unknown field/)
  })

  test('the same text twice in a route, or in two, is no error', () => {
    expect(
      parseRouteSet([
        { name: 'a', examples: ['x', 'x'] },
        { name: 'b', examples: ['x'] },
      ]).routes,
    ).toHaveLength(2)
  })

  test('examples may be missing when name, description or rules say what the route is for', () => {
    expect(parseRoute({ name: 'password_reset' }).examples).toEqual([])
    expect(parseRoute({ name: 'r1', description: 'Password resets' }).examples).toEqual([])
    expect(parseRoute({ name: 'r1', keywords: ['password'] }).examples).toEqual([])
    expect(problemsOf({ name: 'r1', examples: [] })).toHaveProperty(['routes[0].examples'])
  })

  test('prototype keys in metadata are data, and a name may be one', () => {
    const metadata: unknown = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}')
    const route = parseRoute({ name: 'constructor', examples: ['x'], metadata })
    expect(Object.keys(route.metadata ?? {})).toEqual(['__proto__', 'constructor'])
    expect(JSON.stringify(route.metadata)).toBe('{"__proto__":{"polluted":true},"constructor":1}')
    expect(Object.getPrototypeOf(route.metadata)).toBe(Object.prototype)
    expect(
      parseRouteSet([
        { name: '__proto__', examples: ['x'] },
        { name: 'toString', examples: ['y'] },
      ]).routes,
    ).toHaveLength(2)
  })

  test('metadata is copied, so that a later change of the input changes nothing', () => {
    const metadata = { list: [1] }
    const route = parseRoute({ name: 'a', examples: ['x'], metadata })
    metadata.list.push(2)
    expect(route.metadata).toEqual({ list: [1] })
  })
})

describe('what is refused', () => {
  test('every problem is named at once, with its path, what came and the nearest known name', () => {
    const error = refusal(() =>
      parseRouteSet({
        version: 2,
        routes: [
          { name: 'alpha', exmaples: ['x'], threshold: 1.5 },
          'b',
          {
            name: 'c',
            examples: ['x', 3, '  '],
            rules: [{ when: { phrase: 'x', regex: 'y' }, then: 'froce' }],
          },
        ],
        default: {},
      }),
    )
    expect(error.code).toBe('invalid_route_set')
    expect(error.details).toEqual([
      {
        path: 'default',
        message: 'unknown field; did you mean defaults?',
        got: 'an empty object',
        nearest: 'defaults',
      },
      { path: 'version', message: expect.stringMatching(/expected 1/), got: '2' },
      expect.objectContaining({ path: 'routes[0].exmaples', got: 'a list of 1', nearest: 'examples' }),
      { path: 'routes[0].threshold', message: 'expected a finite number from 0 to 1', got: '1.5' },
      expect.objectContaining({ path: 'routes[1]', got: '"b"' }),
      { path: 'routes[2].examples[1]', message: 'expected text; put it in quotes', got: '3' },
      expect.objectContaining({ path: 'routes[2].examples[2]' }),
      expect.objectContaining({ path: 'routes[2].rules[0].when' }),
      expect.objectContaining({ path: 'routes[2].rules[0].then', nearest: 'force' }),
    ])
    expect(error.message).toMatch(
      /^The route set cannot be used\. default: unknown field; did you mean defaults\? \(the first of 9/,
    )
  })

  test('two routes of one name are refused naming both positions', () => {
    const found = problemsOf(
      { name: 'a', examples: ['x'] },
      { name: 'b', examples: ['x'] },
      { id: 'a', examples: ['y'] },
    )
    expect(found['routes[2].name']?.message).toMatch(/routes\[0\]/)
  })

  test('a name that does not fit comes back with one that does', () => {
    const found = problemsOf(
      { name: 'Télé & Radio!', examples: ['x'] },
      { name: 42, examples: ['x'] },
      { name: '退款', examples: ['x'] },
      { examples: ['x'] },
      { name: 'x'.repeat(129), examples: ['x'] },
    )
    expect(found['routes[0].name']?.nearest).toBe('Tele-Radio')
    expect(found['routes[1].name']?.nearest).toBe('42')
    expect(found['routes[2].name']).not.toHaveProperty('nearest')
    expect(found['routes[3].name']?.message).toBe('expected a name')
    expect(found['routes[4].name']?.nearest).toHaveLength(128)
  })

  test('numbers that are none are refused', () => {
    for (const threshold of [Number.NaN, Number.POSITIVE_INFINITY, -0.1, '0.5', true]) {
      expect(problemsOf({ name: 'a', examples: ['x'], threshold })).toHaveProperty(['routes[0].threshold'])
    }
    expect(problemsOf({ name: 'a', examples: ['x'], metadata: { n: [Number.NaN] } })).toHaveProperty([
      'routes[0].metadata.n[0]',
    ])
    expect(
      problemsOf({ name: 'a', rules: [{ when: { phrase: 'x' }, then: 'force', priority: Number.NaN }] }),
    ).toHaveProperty(['routes[0].rules[0].priority'])
  })

  test('unknown fields that are prototype names are named, not followed', () => {
    const found = problemsOf(JSON.parse('{"name": "a", "examples": ["x"], "__proto__": {"threshold": 2}}'))
    expect(found).toHaveProperty(['routes[0].__proto__'])
  })

  test('two names for the same thing are refused', () => {
    expect(problemsOf({ name: 'a', id: 'b', examples: ['x'], utterances: ['y'] })).toMatchObject({
      'routes[0].id': { message: expect.stringMatching(/same as name/) },
      'routes[0].utterances': { message: expect.stringMatching(/same as examples/) },
    })
  })

  test('bad regular expressions alone make it an invalid rule, at the path where they are written', () => {
    const error = refusal(() =>
      parseRouteSet([
        { name: 'a', patterns: ['ok', '/a(?=b)/'] },
        { name: 'b', rules: [{ when: { regex: '(' }, then: 'force' }] },
      ]),
    )
    expect(error.code).toBe('invalid_rule')
    expect(error.details.map((detail) => detail.path)).toEqual([
      '[0].patterns[1].regex',
      '[1].rules[0].when.regex',
    ])
  })

  test('flags that mean nothing here are refused, and a path in slashes is a phrase', () => {
    expect(problemsOf({ name: 'a', patterns: ['/x/g'] })['routes[0].patterns[0]']?.message).toMatch(/got g/)
    expect(parseRoute({ name: 'a', patterns: ['/usr/bin'] }).rules?.[0]?.when).toEqual({ phrase: '/usr/bin' })
  })

  test('secrets are not repeated in errors, and long values are shortened', () => {
    const found = problemsOf({ name: 'a', examples: ['x'], apiKey: 'sk-123', other: 'y'.repeat(1_000) })
    expect(found['routes[0].apiKey']?.got).toBe('(hidden)')
    expect(found['routes[0].other']?.got).toHaveLength(80)
  })

  test.each([null, undefined, 3, 'routes', {}, { routes: {} }])('%j is no route set', (value) => {
    expect(refusal(() => parseRouteSet(value)).code).toBe('invalid_route_set')
  })
})

describe('limits', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) })

  test('each limit is kept and named', () => {
    const found = problemsOf(
      { name: 'a', examples: ['é'.repeat(16_385)] },
      { name: 'b', keywords: Array.from({ length: 257 }, (_, index) => `k${index}`) },
      { name: 'c', metadata: deep(40) },
      { name: 'd', metadata: { list: Array.from({ length: 10_001 }, () => 0) } },
      { name: 'e', examples: ['é'.repeat(16_384)], metadata: deep(31) },
    )
    expect(found['routes[0].examples[0]']?.message).toMatch(/32768 bytes/)
    expect(found['routes[1]']?.message).toMatch(/256 rules/)
    expect(Object.keys(found).some((path) => path.startsWith('routes[2].metadata.a.a'))).toBe(true)
    expect(Object.values(found).some((detail) => detail.message.includes('10000 values'))).toBe(true)
    expect(Object.keys(found).some((path) => path.startsWith('routes[4]'))).toBe(false)
    expect(refusal(() => parseRouteSet(Array.from({ length: 20_001 }))).message).toMatch(/20000 routes/)
  })

  test('regular expressions have a limit for the whole set, after which none is compiled', () => {
    const route = (name: string) => ({ name, patterns: Array.from({ length: 250 }, () => '/[a-z]{50}/') })
    const error = refusal(() => parseRouteSet(['a', 'b', 'c', 'd', 'e'].map(route)))
    expect(error.code).toBe('invalid_rule')
    expect(error.details).toHaveLength(1)
    expect(error.message).toMatch(/50000 instructions/)
  })

  test('an object that contains itself is refused', () => {
    const metadata: Record<string, unknown> = {}
    metadata.self = metadata
    expect(refusal(() => parseRoute({ name: 'a', examples: ['x'], metadata })).details[0]?.message).toMatch(
      /32 levels/,
    )
  })

  test('an error names a hundred problems and counts the rest', () => {
    const error = refusal(() => parseRouteSet(Array.from({ length: 500 }, () => 1)))
    expect(error.details).toHaveLength(100)
    expect(error.message).toMatch(/first of 500/)
  })
})

describe('properties', () => {
  test('any value is either parsed or refused with a documented error', () => {
    const key = fc.oneof(
      fc.constantFrom(
        'name',
        'id',
        'examples',
        'rules',
        'when',
        'then',
        'regex',
        'phrase',
        'metadata',
        'routes',
        '__proto__',
        'target',
      ),
      fc.string(),
    )
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'medium' },
        fc.string(),
        fc.double(),
        fc.constantFrom(null, true, undefined),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.array(fc.tuple(key, tie('node')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
      ),
    })).node
    fc.assert(
      fc.property(value, (value) => {
        for (const candidate of [value, [value], { routes: [value] }]) {
          try {
            parseRouteSet(candidate)
          } catch (error) {
            expect(isStrataError(error)).toBe(true)
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  test('what was parsed parses to itself', () => {
    const text = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '')
    const route = fc.record({
      name: fc.stringMatching(/^[A-Za-z0-9._:-]{2,20}$/),
      examples: fc.array(text, { minLength: 1, maxLength: 5 }),
      negatives: fc.array(text, { maxLength: 2 }),
      keywords: fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 3 }),
      threshold: fc.double({ min: 0, max: 1, noNaN: true }),
      metadata: fc.dictionary(fc.string(), fc.jsonValue()),
    })
    fc.assert(
      fc.property(fc.uniqueArray(route, { selector: (route) => route.name, maxLength: 5 }), (routes) => {
        const once = parseRouteSet({ routes })
        expect(parseRouteSet(once)).toEqual(once)
      }),
    )
  })
})

describe('labelled rows', () => {
  test('null means out of scope, and other fields are passed over', () => {
    expect(
      parseLabelledRows([
        { text: 'a', route: 'x', id: 3 },
        { text: '', route: null },
      ]),
    ).toEqual([
      { text: 'a', route: 'x' },
      { text: '', route: null },
    ])
  })

  test('bad rows are all named', () => {
    const error = refusal(() =>
      parseLabelledRows([{ text: 'a' }, { text: 1, route: null }, 'x', { text: 'a', label: 'b' }]),
    )
    expect(error.code).toBe('invalid_data')
    expect(error.details.map((detail) => detail.path)).toEqual(['[0].route', '[1].text', '[2]', '[3].label'])
    expect(error.details[3]?.message).toContain('name it route')
    expect(refusal(() => parseLabelledRows({})).code).toBe('invalid_data')
  })
})
