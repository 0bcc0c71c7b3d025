import { expect, test } from 'vitest'
import type { Decision } from '../../contracts/index.ts'
import { olderDecision, olderRoute } from './shapes.ts'

const decision: Decision = {
  route: 'billing',
  confidence: 0.9,
  outOfScope: 0.01,
  threshold: 0.5,
  reason: 'match',
  candidates: [
    { route: 'billing', confidence: 0.9, score: 3 },
    { route: 'support', confidence: 0.05, score: 1 },
    { route: 'sales', confidence: 0.02, score: 0.5 },
  ],
  metadata: {},
  snapshot: 's',
  latencyUs: 1500,
  explanation: {
    summary: '',
    nearest: [
      { route: 'billing', example: 'a', similarity: 0.4 },
      { route: 'billing', example: 'b', similarity: 0.7 },
      { route: 'support', example: 'c', similarity: 0.95 },
    ],
    words: [],
    rules: [
      { route: 'billing', then: 'favour', when: 'phrase' },
      { route: 'support', then: 'force', when: 'phrase' },
    ],
    runnerUp: null,
    flip: {},
    usedContext: false,
    corrections: [],
  },
}

test('the scores are those of the best route and no other', () => {
  expect(olderDecision(decision, 1)).toEqual({
    route_id: 'billing',
    scores: { semantic: 0.7, keyword: 1, pattern: 0, total: 0.9, confidence: 0.9 },
    latency_ms: 1.5,
    alternatives: [],
  })
})

test('k counts the chosen route, so that k - 1 alternatives follow', () => {
  const names = (k: number) => olderDecision(decision, k).alternatives.map(({ route_id }) => route_id)
  expect(names(2)).toEqual(['support'])
  expect(names(3)).toEqual(['support', 'sales'])
})

test('without a match the best route is still scored, and is no alternative to itself', () => {
  const { route_id, alternatives, scores } = olderDecision({ ...decision, route: null }, 2)
  expect(route_id).toBeNull()
  expect(scores.confidence).toBe(0.9)
  expect(alternatives).toEqual([{ route_id: 'support', confidence: 0.05 }])
})

test('a cosine below zero is no similarity at all', () => {
  const nearest = [{ route: 'billing', example: 'a', similarity: -0.2 }]
  const explained = { ...decision, explanation: { ...decision.explanation!, nearest } }
  expect(olderDecision(explained, 1).scores.semantic).toBe(0)
})

test('a route shows its keywords and patterns again', () => {
  const route = olderRoute({
    name: 'billing',
    examples: ['where is my invoice?'],
    rules: [
      { when: { phrase: 'invoice' }, then: 'favour' },
      { when: { phrase: 'chargeback' }, then: 'force' },
      { when: { regex: 'INV-\\d+', flags: 'i' }, then: 'force' },
      { when: { phrase: 'invoicing app' }, then: 'forbid' },
    ],
  })
  expect(route).toEqual({
    id: 'billing',
    description: '',
    examples: ['where is my invoice?'],
    keywords: ['invoice'],
    patterns: ['chargeback', '/INV-\\d+/i'],
    threshold: null,
  })
})
