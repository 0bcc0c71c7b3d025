import { expect, test } from 'vitest'
import type { Decision, LabelledText } from '../../contracts/index.ts'
import { isStrataError } from '../../errors/index.ts'
import { checkLabels } from './check-labels.ts'
import { evaluateDecisions } from './evaluate.ts'

function decision(
  route: string | null,
  confidence: number,
  best = route,
  reason: Decision['reason'] = 'match',
): Decision {
  return {
    route,
    confidence,
    outOfScope: 1 - confidence,
    threshold: 0.5,
    reason: route === null ? 'below-threshold' : reason,
    candidates: best === null ? [] : [{ route: best, confidence, score: 1 }],
    metadata: {},
    snapshot: 'x',
    latencyUs: 1,
  }
}

const rows: LabelledText[] = [
  { text: 'right', route: 'a' },
  { text: 'wrong', route: 'a' },
  { text: 'refused though right', route: 'b' },
  { text: 'refused and wrong', route: 'b' },
  { text: 'stray refused', route: null },
  { text: 'stray accepted', route: null },
]
const decisions = [
  decision('a', 0.9),
  decision('b', 0.8),
  decision(null, 0.4, 'b'),
  decision(null, 0.3, 'a'),
  decision(null, 0.2, 'a'),
  decision('a', 0.6),
]

test('every figure follows its definition on a worked example', () => {
  const evaluation = evaluateDecisions(rows, decisions, [5, 1, 3, 2, 4, 100])
  expect(evaluation).toMatchObject({
    n: 6,
    inScope: 4,
    outOfScope: 2,
    inScopeAccuracy: 2 / 4,
    thresholdedAccuracy: 2 / 6,
    oosRecall: 1 / 2,
    oosPrecision: 1 / 3,
    inScopeRejected: 2 / 4,
    oosAuroc: (1 + 1 + 0.5 + 0.5) / 4,
    coverageAt975: 1 / 4,
    latencyUs: { p50: 3, p99: 100 },
  })
  expect(evaluation.ece).toBeCloseTo((0.1 + 0.8 + 0.6 + 0.3) / 4, 12)
  // p and right: 0.9 1, 0.8 0, 0.6 0 (= 1 - 0.4, right refused), 0.7 1, 0.8 1 (tied with the wrong 0.8), 0.6 0.
  expect(evaluation.eceMixed).toBeCloseTo((0.6 + 0.6 + 0.3 + 0.3 + 0.3 + 0.1) / 6, 12)
  expect(evaluation.brier).toBeCloseTo((0.01 + 0.64 + 0.36 + 0.09) / 4, 12)
  expect(evaluation.aurc).toBeCloseTo((0 + 1 / 2 + 1 / 3 + 2 / 4) / 4, 12)
  expect(evaluation.reliability).toHaveLength(4)
  expect(evaluation.thresholdCurve[50]).toEqual({
    threshold: 0.5,
    coverage: 3 / 6,
    errorRate: 2 / 3,
    oosRecall: 1 / 2,
    inScopeRejected: 2 / 4,
  })
})

test('misses come surest first, and confusions by how often', () => {
  const again = { text: 'wrong again', route: 'a' }
  const { misses, confusions } = evaluateDecisions([...rows, again], [...decisions, decision('b', 0.95)], [])
  expect(misses.map((miss) => miss.text)).toEqual([
    'wrong again',
    'wrong',
    'stray accepted',
    'refused though right',
    'refused and wrong',
  ])
  expect(confusions).toEqual([
    { expected: 'a', got: 'b', count: 2, examples: ['wrong again', 'wrong'] },
    { expected: 'b', got: null, count: 2, examples: ['refused though right', 'refused and wrong'] },
    { expected: null, got: 'a', count: 1, examples: ['stray accepted'] },
  ])
})

test('a decision by rule counts with its route, whatever the best candidate', () => {
  const forced = decision('a', 0.7, 'b', 'rule')
  const evaluation = evaluateDecisions([{ text: 'x', route: 'a' }], [forced], [1])
  expect(evaluation.inScopeAccuracy).toBe(1)
  expect(evaluation.thresholdCurve[100]).toMatchObject({ coverage: 1, errorRate: 0 })
})

test('without rows there are no figures, and nothing throws', () => {
  expect(evaluateDecisions([], [], [])).toMatchObject({
    n: 0,
    inScopeAccuracy: null,
    thresholdedAccuracy: null,
    ece: null,
    aurc: null,
    latencyUs: { p50: 0, p99: 0 },
    misses: [],
  })
})

test('a label that names no route is refused with its row, how many there are and the nearest route', () => {
  try {
    checkLabels(
      [
        { text: 'x', route: 'billing' },
        { text: 'y', route: 'biling' },
        { text: 'z', route: 'biling' },
      ],
      ['billing'],
    )
    expect.unreachable()
  } catch (error) {
    if (!isStrataError(error)) throw error
    expect(error.code).toBe('invalid_data')
    expect(error.message).toMatch(/^2 of 3 rows name routes .*row 2: there is no route "biling"/)
    expect(error.details).toEqual([
      {
        path: 'row 2',
        message: 'there is no route "biling"; did you mean billing? (2 rows)',
        got: 'biling',
        nearest: 'billing',
      },
    ])
  }
  expect(() => checkLabels([{ text: 'x', route: null }], [])).not.toThrow()
})
