import { describe, expect, test } from 'vitest'
import { refusal } from '../testing/refusal.ts'
import { parseRoute, parseRouteSet } from './parse-route-set.ts'

/** Path → detail of everything that is wrong with a set of these routes. */
const problemsOf = (...routes: unknown[]) =>
  Object.fromEntries(refusal(() => parseRouteSet({ routes })).details.map((detail) => [detail.path, detail]))

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
