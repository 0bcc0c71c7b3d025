import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ERROR_CODES,
  isStrataError,
  parseLabelledRows,
  parseRoute,
  parseRouteSet,
  Router,
} from '../../src/index.ts'
import { encoder } from '../engine/route-sets.ts'

const DOCUMENTED = new Set(Object.keys(ERROR_CODES))

/** 'taken' or the code of the refusal; anything else that is thrown fails the test. */
function outcomeOf(run: () => unknown): string {
  try {
    run()
    return 'taken'
  } catch (error) {
    if (!isStrataError(error)) throw error
    expect(DOCUMENTED.has(error.code)).toBe(true)
    expect(error.message.length).toBeGreaterThan(20)
    expect(error.message.length).toBeLessThan(4000)
    expect(error.details.length).toBeLessThanOrEqual(100)
    expect(error.message).not.toMatch(/\bat .*:\d+:\d+/)
    return error.code
  }
}

/** Reads the value as a route set and, if it is taken, has it decide, explain and survive saving. */
function use(value: unknown): string {
  return outcomeOf(() => {
    const router = Router.compile(parseRouteSet(value), encoder)
    const decision = router.route('where is my refund, order-17?', { explain: true, threshold: 0 })
    expect(decision.confidence > 0 && decision.confidence < 1).toBe(true)
    expect(Router.load(router.save(), encoder).snapshot).toBe(router.snapshot)
  })
}

const deep = (depth: number, open: string, close: string, inner: string) =>
  open.repeat(depth) + inner + close.repeat(depth)

const route = (more: object) => ({ routes: [{ name: 'refund', examples: ['refund please'], ...more }] })
const withRegex = (regex: string) => route({ rules: [{ when: { regex }, then: 'favour' }] })

describe('hostile route sets', () => {
  it('of any JSON are taken or refused with a documented error', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        use(value)
        outcomeOf(() => parseRoute(value))
        outcomeOf(() => parseLabelledRows(value))
      }),
      { numRuns: 300 },
    )
  })

  it('with anything in any field are taken or refused with a documented error', () => {
    const fields = [
      'name',
      'id',
      'description',
      'examples',
      'utterances',
      'negatives',
      'rules',
      'keywords',
      'patterns',
      'threshold',
      'tags',
      'metadata',
      'target',
      '__proto__',
      'constructor',
      'toString',
    ]
    const anything = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.string({ unit: 'binary' }),
      fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }),
      fc.double(),
      fc.constantFrom<unknown>(
        undefined,
        null,
        1e308,
        -0,
        Number.NaN,
        10n,
        Symbol('s'),
        () => 1,
        new Date(),
        /x/,
        new Map(),
      ),
    )
    const seen = new Set<string>()
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...fields), anything), { maxLength: 3 }), (changes) => {
        const changed: Record<string, unknown> = { name: 'refund', examples: ['refund please'] }
        for (const [name, value] of changes) {
          Object.defineProperty(changed, name, {
            value,
            enumerable: true,
            configurable: true,
            writable: true,
          })
        }
        seen.add(use({ routes: [changed, { name: 'other', examples: ['something else'] }] }))
      }),
      { numRuns: 400 },
    )
    expect(seen).toContain('taken')
    expect(seen).toContain('invalid_route_set')
  })

  it('nested as deep as a stack are refused', () => {
    for (const json of [
      deep(100_000, '[', ']', ''),
      deep(100_000, '{"routes":', '}', '[]'),
      `{"routes":[{"name":"x1","examples":${deep(50_000, '[', ']', '"a"')}}]}`,
      `{"routes":[{"name":"refund","metadata":${deep(50_000, '{"a":', '}', '1')}}]}`,
      `{"routes":[{"name":"refund","rules":[{"when":{"metadata":${deep(50_000, '{"a":', '}', '1')}},"then":"force"}]}]}`,
    ]) {
      expect(use(JSON.parse(json))).toBe('invalid_route_set')
    }
  })

  it('that refer to themselves are refused', () => {
    const circle: Record<string, unknown> = { name: 'refund' }
    circle.metadata = circle
    expect(use({ routes: [circle] })).toBe('invalid_route_set')
    circle.metadata = {}
    circle.target = { list: [circle] }
    expect(use([circle])).toBe('invalid_route_set')
  })

  it('with keys of prototypes neither pollute anything nor lose a route', () => {
    const value = JSON.parse(
      '{"routes":[{"name":"__proto__","examples":["one"],"metadata":{"__proto__":{"polluted":true},"constructor":1}},' +
        '{"name":"constructor","examples":["two"],"target":{"__proto__":{"polluted":true}}}]}',
    )
    expect(use(value)).toBe('taken')
    expect({}).not.toHaveProperty('polluted')
    expect(use(JSON.parse('{"routes":[],"__proto__":{"routes":[{"name":"x"}]}}'))).toBe('invalid_route_set')
  })

  it('with numbers out of all measure are refused', () => {
    for (const number of ['1e308', '-1e308', '1e999', '-0.0000001', '1.0000001']) {
      expect(use(JSON.parse(`{"routes":[{"name":"refund","threshold":${number}}]}`))).toBe(
        'invalid_route_set',
      )
      expect(use(JSON.parse(`{"routes":[],"defaults":{"threshold":${number}}}`))).toBe('invalid_route_set')
    }
    expect(use(JSON.parse('{"version":1e308,"routes":[]}'))).toBe('invalid_route_set')
  })

  it('of huge names, texts and lists are taken or refused, never stalled', () => {
    expect(use({ routes: [{ name: 'x'.repeat(1e6), examples: ['a'] }] })).toBe('invalid_route_set')
    expect(use({ routes: Array.from({ length: 20_001 }, (_, i) => ({ name: `r${i}` })) })).toBe(
      'invalid_route_set',
    )
    expect(
      use(route({ unknown: 1, ...Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, i])) })),
    ).toBe('invalid_route_set')
    use(route({ examples: ['word '.repeat(200_000)] }))
    use(route({ description: 'd'.repeat(1e6), tags: ['t'.repeat(1e5)] }))
    use(route({ examples: Array.from({ length: 5000 }, () => '') }))
  })

  it('with regular expressions that stall others decide at once, or are refused', () => {
    const taken = [
      '^(a+)+$',
      '(a|a)*b',
      '(a|aa)+$',
      '(.*)*x',
      '(x+x+)+y',
      '([a-z]+)*!',
      '^(([a-z])+.)+[A-Z]([a-z])+$',
    ]
    const text = 'a'.repeat(32 * 1024)
    for (const regex of taken) {
      const router = Router.compile(parseRouteSet(withRegex(regex)), encoder)
      expect(router.route(`${text}!`).candidates).toHaveLength(1)
    }
    for (const regex of [
      '(?=a)b',
      '(?<!a)b',
      '(a)\\1',
      '(a',
      '[z-a]',
      'a{1001}',
      '(((a{100}){100}){100}){100}',
      '\\p{Nope}',
      'a**',
      '',
    ]) {
      expect(use(withRegex(regex)), regex).toBe('invalid_rule')
    }
  })

  it('with any regular expression are taken or refused as invalid_rule', () => {
    const pieces = [
      'a',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '1',
      ',',
      '9',
      '*',
      '+',
      '?',
      '|',
      '\\',
      'd',
      'p',
      '{L}',
      '^',
      '$',
      '.',
      '-',
      ':',
      '<',
      '=',
      '\u0000',
      '😀',
      '\ud800',
    ]
    const outcomes = new Set<string>()
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 14 }), (parts) => {
        outcomes.add(use(withRegex(parts.join(''))))
      }),
      { numRuns: 400 },
    )
    expect([...outcomes].sort()).toStrictEqual(['invalid_rule', 'taken'])
  })
})
