import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RouteDefinition, Rule } from '../../contracts/index.ts'
import { StrataError } from '../../errors/index.ts'
import { compileRules } from './compile-rules.ts'

const route = (name: string, ...rules: Rule[]): RouteDefinition => ({ name, examples: [], rules })
const phrase = (text: string, then: Rule['then'] = 'force', priority?: number): Rule => ({
  when: { phrase: text },
  then,
  ...(priority === undefined ? {} : { priority }),
})
const regex = (pattern: string, flags?: string): Rule => ({
  when: flags === undefined ? { regex: pattern } : { regex: pattern, flags },
  then: 'force',
})
const matches = (rule: Rule, text: string): boolean =>
  compileRules([route('r', rule)]).match(text).forced === 0

describe('phrases', () => {
  test.each([
    ['refund', 'Where is my REFUND?', true],
    ['refund', 'refunds and more', false],
    ['refund', 'a prerefund', false],
    ['café', 'the CAFE is shut', true],
    ['cafe', 'cafe\u0301 au lait', true],
    ['refund', 'ｒｅｆｕｎｄ please', true],
    ['Straße', 'STRASSE 5', true],
    ['my order', 'where is my   order', true],
    ['my order', 'my, order', false],
    ["can't log in", 'I can’t log in', true],
    ['C++', 'is C++ supported', true],
    ['C++', 'is C supported', false],
    ['e-mail', 'change my e‑mail', true],
    ['退款', '我要退款吗', true],
    ['환불', '환불은 언제', true],
    ['👍', 'ok 👍🏽', true],
    ['i', 'İ', true],
  ])('the phrase %j in %j: %j', (wanted, text, expected) => {
    expect(matches(phrase(wanted), text)).toBe(expected)
  })

  test('phrases are found exactly where their pieces stand in a row', () => {
    const word = fc.constantFrom('a', 'b', 'c')
    const words = fc.array(word, { minLength: 1, maxLength: 4 }).map((list) => list.join(' '))
    fc.assert(
      fc.property(
        fc.array(words, { minLength: 1, maxLength: 12 }),
        fc.array(word, { maxLength: 20 }),
        (phrases, text) => {
          const rules = compileRules(phrases.map((text, index) => route(`r${index}`, phrase(text, 'favour'))))
          const padded = ` ${text.join(' ')} `
          const expected = phrases.flatMap((wanted, index) => (padded.includes(` ${wanted} `) ? [index] : []))
          expect(rules.match(text.join(' ')).favoured).toEqual(expected)
        },
      ),
    )
  })

  test('a phrase without a visible character is refused, as it would match everything', () => {
    expect(() => compileRules([route('r', phrase('  \u200b '))])).toThrow(/visible character/)
  })
})

describe('regular expressions', () => {
  test('they ignore case unless flags say otherwise', () => {
    expect(matches(regex('\\bINV-\\d+\\b'), 'about inv-123 please')).toBe(true)
    expect(matches(regex('INV', ''), 'inv')).toBe(false)
    expect(matches(regex('^b.c$', 'ms'), 'a\nb\nc')).toBe(true)
    expect(matches(regex('^b', ''), 'a\nb')).toBe(false)
  })

  test('letters that fold to ASCII are found although the required text is searched first', () => {
    expect(matches(regex('kiss'), 'KIſS')).toBe(true)
  })

  test('a required text never hides a match', () => {
    const leaf = fc.constantFrom(
      'a',
      'b',
      'k',
      's',
      '.',
      '[ab]',
      '[^a]',
      '\\w',
      '\\.',
      '-',
      '\\Qb.\\E',
      '^',
      '\\b',
      'ſ',
    )
    const pattern: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        fc.array(tie('node'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
        fc.array(tie('node'), { minLength: 2, maxLength: 3 }).map((parts) => `(?:${parts.join('|')})`),
        fc
          .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,}', '+?'))
          .map(([part, times]) => `(${part})${times}`),
        tie('node').map((part) => `(?i:${part})`),
      ),
    })).node
    const text = fc.string({
      unit: fc.constantFrom('a', 'B', 'K', 'ſ', 's', '\u212a', '.', '-', ' '),
      maxLength: 12,
    })
    fc.assert(
      fc.property(pattern, text, (pattern, text) => {
        // A twin that requires nothing is always run.
        const twin = compileRules([route('r', regex(`(?:${pattern})|[^\\x00-\\x{10ffff}]`))])
        expect(matches(regex(pattern), text)).toBe(twin.match(text).forced === 0)
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['(?<=a)b', /look-behind.*forbid/],
    ['a(?!b)', /look-ahead.*forbid/],
    ['(["\']).*\\1', /back-references.*alternatives/],
    ['(?>a)', /\(\?:\.\.\.\)/],
    ['(', /RE2 syntax; missing closing \)/],
    ['a{1001}', /1000 instructions/],
    ['((a{100}){100}){100}', /a million or more/],
    ['', /would match everything/],
  ])('%j is refused with what to write instead', (pattern, message) => {
    const refused = () => compileRules([route('a'), route('b', phrase('x'), regex(pattern))])
    expect(refused).toThrow(message)
    expect(refused).toThrow(
      expect.objectContaining({
        code: 'invalid_rule',
        details: [expect.objectContaining({ path: 'routes[1].rules[1].when.regex' })],
      }),
    )
  })

  test('deep nesting and great length are refused', () => {
    expect(() => compileRules([route('a', regex('('.repeat(300)))])).toThrow(/instructions/)
    expect(() => compileRules([route('a', regex('a'.repeat(2_001)))])).toThrow(/2000 characters, got 2001/)
  })

  test('all bad rules are named at once', () => {
    try {
      compileRules([route('a', regex('(')), route('b', regex('a(?=b)'))])
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(StrataError)
      expect((error as StrataError).details.map((detail) => detail.path)).toEqual([
        'routes[0].rules[0].when.regex',
        'routes[1].rules[0].when.regex',
      ])
    }
  })

  test('a long text and large expressions are matched only as far as the work budget goes', () => {
    const rules = compileRules([route('r', regex('(?:[a-c]{2,40}[x-z]?){8}END'))])
    const forcedAfter = (characters: number) =>
      rules.match(`${'ab'.repeat(characters / 2)}END${'ab'.repeat(16_000)}`).forced
    expect(forcedAfter(300)).toBe(0)
    expect(forcedAfter(1_000)).toBe(-1)
  })
})

describe('metadata', () => {
  const rules = compileRules([
    route('a', { when: { metadata: { plan: 'pro', seats: 3 } }, then: 'force' }),
    route('b', { when: { metadata: JSON.parse('{"__proto__": "x"}') }, then: 'force' }),
  ])

  test('every key must be equal, type and all', () => {
    expect(rules.match('', { plan: 'pro', seats: 3, other: true }).forced).toBe(0)
    expect(rules.match('', { plan: 'pro', seats: '3' }).forced).toBe(-1)
    expect(rules.match('', { plan: 'pro' }).forced).toBe(-1)
    expect(rules.match('').forced).toBe(-1)
  })

  test('prototype keys are keys like any other', () => {
    expect(rules.match('', JSON.parse('{"__proto__": "x"}')).forced).toBe(1)
    expect(rules.match('', {}).forced).toBe(-1)
  })
})

describe('weighing', () => {
  test('force goes by priority, then by file order', () => {
    const rules = compileRules([
      route('a', phrase('x')),
      route('b', phrase('x', 'force', 2), phrase('y', 'force', -1)),
      route('c', phrase('x', 'force', 2), phrase('y')),
    ])
    expect(rules.match('x').forced).toBe(1)
    expect(rules.match('y').forced).toBe(2)
    expect(rules.match('x').matched.map(({ route, rule }) => [route, rule.priority])).toEqual([
      [0, undefined],
      [1, 2],
      [2, 2],
    ])
  })

  test('forbid beats force and favour of the same route', () => {
    const rules = compileRules([
      route('a', phrase('x'), phrase('x', 'forbid'), phrase('x', 'favour')),
      route('b', phrase('x', 'force', -5), phrase('z', 'favour'), phrase('x', 'favour')),
    ])
    expect(rules.match('x z')).toMatchObject({ forced: 1, forbidden: [0], favoured: [1] })
  })

  test('routes that are not allowed take no part', () => {
    const rules = compileRules([route('a', phrase('x')), route('b', phrase('x'), phrase('x', 'favour'))])
    const without = rules.match('x', undefined, (index) => index !== 0)
    expect(without.forced).toBe(1)
    expect(without.matched.every((match) => match.route === 1)).toBe(true)
  })

  test('a set without rules matches nothing', () => {
    const rules = compileRules([{ name: 'a', examples: ['x'] }])
    expect(rules.hasRules).toBe(false)
    expect(rules.match('x')).toEqual({
      forced: -1,
      forbidden: [],
      favoured: [],
      matched: [],
    })
  })

  test('no text makes it throw, and the same text gives the same answer', () => {
    const rules = compileRules([
      route('a', phrase('ab'), regex('[a-z]+\\d'), regex('\\p{L}{2}')),
      route('b', phrase('é', 'forbid')),
    ])
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(rules.match(text)).toEqual(rules.match(text))
      }),
    )
    expect(rules.match('\ud800\udc00\ud800').forced).toBe(-1)
  })
})
