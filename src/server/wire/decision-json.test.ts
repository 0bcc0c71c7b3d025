import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Decision } from '../../contracts/index.ts'
import { DecisionJson } from './decision-json.ts'

const sixDecimals = fc.integer({ min: 0, max: 1_000_000 }).map((millionths) => millionths / 1_000_000)
const probability = fc.oneof(sixDecimals, fc.double({ min: 0, max: 1, noNaN: true }))
const score = fc.oneof(
  fc.integer({ min: -3_000_000_000, max: 3_000_000_000 }).map((millionths) => millionths / 1_000_000),
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -0, 1e-6, -1e-6, 1e-7, 2147, 2147.483647, 2147.483648, 1e21, 0.1 + 0.2),
)
const name = fc.oneof(
  fc.constantFrom('refund', 'a"b', 'naïve', '退款', '😀'),
  fc.string({ unit: 'grapheme' }),
)
const decision: fc.Arbitrary<Decision> = fc.record(
  {
    route: fc.oneof(name, fc.constant(null)),
    confidence: probability,
    outOfScope: probability,
    threshold: probability,
    reason: fc.constantFrom('match', 'rule', 'below-threshold', 'out-of-scope', 'ambiguous'),
    candidates: fc.array(fc.record({ route: name, confidence: probability, score }), { maxLength: 5 }),
    metadata: fc.oneof(fc.constant({}), fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 })),
    snapshot: fc.stringMatching(/^[0-9a-f]{32}$/),
    latencyUs: fc.oneof(
      fc.integer({ min: 0, max: 1_000_000 }).map((tenths) => tenths / 10),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
    ),
    intents: fc.array(fc.record({ route: name, confidence: probability, text: name }), {
      minLength: 2,
      maxLength: 3,
    }),
    encoder: name,
    asked: fc.constantFrom('answered', 'failed'),
  },
  {
    requiredKeys: [
      'route',
      'confidence',
      'outOfScope',
      'threshold',
      'reason',
      'candidates',
      'metadata',
      'snapshot',
      'latencyUs',
    ],
  },
) as fc.Arbitrary<Decision>

test('a decision is written as JSON.stringify writes it, to the byte and within what it says it takes', () => {
  fc.assert(
    fc.property(fc.array(decision, { minLength: 1, maxLength: 3 }), (decisions) => {
      for (const made of decisions) {
        const json = new DecisionJson('dec_1a', made)
        const bytes = Buffer.alloc(json.mostBytes + 20, 0x21)
        const end = json.writeTo(bytes, 10)
        const expected = JSON.stringify({ id: 'dec_1a', ...made })
        expect(bytes.toString('utf8', 10, end)).toBe(expected)
        expect(end - 10).toBeLessThanOrEqual(json.mostBytes)
        // Digits that were left off again may lie behind its end, but nothing beyond the room that it asks for.
        expect(bytes.toString('latin1', 10 + json.mostBytes)).toBe('!'.repeat(10))
        expect(`${json}`).toBe(expected)
      }
    }),
    { numRuns: 500 },
  )
})
