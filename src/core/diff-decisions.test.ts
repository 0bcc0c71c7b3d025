import { expect, test } from 'vitest'
import { type Decider, diffDecisions } from './diff-decisions.ts'

const answering = (answers: Record<string, [string | null, number]>): Decider => ({
  route(text) {
    const [route, confidence] = answers[text] ?? [null, 0.1]
    return {
      route,
      confidence,
      threshold: 0.5,
      outOfScope: 0.1,
      reason: route === null ? 'below-threshold' : 'match',
      candidates: [],
      metadata: {},
      snapshot: 'x',
      latencyUs: 0,
    }
  },
})

test('only texts whose route changed are listed, with what was expected where that is known', () => {
  const before = answering({ a: ['x', 0.9], b: ['x', 0.6], c: ['y', 0.8] })
  const after = answering({ a: ['x', 0.7], b: [null, 0.4], c: ['z', 0.9] })
  const rows = [{ text: 'a' }, { text: 'b', route: null }, { text: 'c' }]
  expect(diffDecisions(before, after, rows)).toEqual({
    changed: 2,
    of: 3,
    changes: [
      {
        text: 'b',
        before: { route: 'x', confidence: 0.6 },
        after: { route: null, confidence: 0.4 },
        expected: null,
      },
      { text: 'c', before: { route: 'y', confidence: 0.8 }, after: { route: 'z', confidence: 0.9 } },
    ],
  })
})

test('a router does not differ from itself', () => {
  const router = answering({ a: ['x', 0.9] })
  expect(diffDecisions(router, router, [{ text: 'a' }, { text: 'b' }])).toEqual({
    changed: 0,
    of: 2,
    changes: [],
  })
})
