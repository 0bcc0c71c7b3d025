import fc from 'fast-check'
import { RE2JS, RE2JSSyntaxException } from 're2js'
import { expect, test } from 'vitest'
import { regexShape } from './regex-shape.ts'

const pattern: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom(
      'a',
      'é',
      '😀',
      '.',
      '[^ab]',
      '\\d',
      '\\b',
      '^',
      '\\p{Greek}',
      '\\Qab\\E',
      '(?i)',
      '()',
      '|',
    ),
    fc.array(tie('node'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
    fc.array(tie('node'), { minLength: 2, maxLength: 4 }).map((parts) => `(?:${parts.join('|')})`),
    tie('node').map((part) => `(${part})`),
    fc
      .tuple(tie('node'), fc.constantFrom('*', '+', '?', '*?', '{0}', '{3}', '{0,7}', '{2,9}', '{4,}'))
      .map(([part, times]) => `(?:${part})${times}`),
  ),
})).node

/** Instructions that the compiler makes of it; undefined when it refuses, as it does above a thousand nested repeats. */
function programSize(pattern: string): number | undefined {
  try {
    return RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE).programSize()
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return undefined
    throw error
  }
}

test('the size is never below what the compiler makes', () => {
  fc.assert(
    fc.property(pattern, (pattern) => {
      const { size } = regexShape(pattern)
      fc.pre(size < 20_000)
      expect(size).toBeGreaterThanOrEqual(programSize(pattern) ?? 0)
    }),
    { numRuns: 1_000 },
  )
})

test.each([
  ['\\bINV-\\d+\\b', ['inv-']],
  ['refund|charge ?back', ['charge', 'refund']],
  ['(?:order|Bestellung) (\\d{6})', ['bestellung', 'order']],
  ['a+bcd*', ['bc']],
  ['colou?r', ['colo']],
  ['(?i)Hello\\.World', ['hello.world']],
  ['[abc]x{0,3}', null],
  ['ñandú', ['and']],
  ['refund|\\d+', null],
  ['\\Qabc\\E', null],
])('of %j every match contains one of %j', (pattern, required) => {
  const found = regexShape(pattern).required
  expect(found === null ? null : [...found].sort()).toEqual(required)
})

test('it reads anything without throwing', () => {
  const hostile = fc.string({
    unit: fc.constantFrom(...'()[]{}|\\?*+^$.-:=!<>PQEpkaé19,'.split('')),
    maxLength: 60,
  })
  fc.assert(
    fc.property(hostile, (pattern) => {
      expect(regexShape(pattern).size).toBeGreaterThan(0)
    }),
    { numRuns: 2_000 },
  )
})
