import { expect, test } from 'vitest'
import type { Decision, DecisionReason } from '../contracts/index.ts'
import { confidenceText, decisionLine, decisionLines } from './print-decision.ts'
import { openTerminal } from './terminal.ts'
import { displayWidth } from './text-layout.ts'

const terminal = openTerminal({ json: false, quiet: false, noColor: true, environment: { COLUMNS: '80' } })

function decision(route: string | null, reason: DecisionReason): Decision {
  return {
    route,
    confidence: 0.62,
    outOfScope: 0.02,
    threshold: 0.5,
    reason,
    candidates: [
      { route: 'billing', confidence: 0.62, score: 2 },
      { route: 'delivery', confidence: 0.3, score: 1 },
    ],
    metadata: {},
    snapshot: 'abc',
    latencyUs: 10,
  }
}

test('a confidence never reads as a certainty', () => {
  expect([0.9999, 0.5, 0.0001].map(confidenceText)).toEqual(['>.999', '0.500', '<.001'])
})

test.each([
  ['billing', 'match', '→ billing', 'reaches its threshold 0.50'],
  ['billing', 'rule', '→ billing', 'a rule decided'],
  [null, 'below-threshold', '→ no match', 'best is billing, below its threshold 0.50'],
  [null, 'out-of-scope', '→ no match', 'like none of the routes'],
  [null, 'ambiguous', '→ no match', 'billing and delivery are too close to call'],
] as const)('%s because of %s is said in words', (route, reason, answer, words) => {
  const text = decisionLines('a text', decision(route, reason), terminal).join('\n')
  expect(text).toContain(answer)
  expect(text).toContain(words)
})

test('the short form stays on one line of the terminal, however long and strange the text', () => {
  const line = decisionLine(`where\nis ${'my parcel '.repeat(40)}`, decision('billing', 'match'), terminal)
  expect(line).not.toContain('\n')
  expect(displayWidth(line)).toBeLessThanOrEqual(80)
})

test('the explanation tells which change would change the answer', () => {
  const explanation = {
    summary: 'billing, because of "refund".',
    nearest: [],
    words: [{ text: 'refund', effect: 2 }],
    rules: [],
    runnerUp: { route: 'delivery', confidence: 0.3, score: 1 },
    flip: { withoutWords: ['refund'], then: 'delivery', threshold: 0.62 },
    usedContext: false,
    corrections: [{ from: 'refnud', to: 'refund' }],
  }
  const text = decisionLines('refnud', { ...decision('billing', 'match'), explanation }, terminal).join('\n')
  expect(text).toContain('Without “refund”: delivery. With a threshold above 0.620: no match.')
  expect(text).toContain('Read “refnud” as “refund”')
  expect(text).toContain('for billing, against delivery')
})
