import { expect, test } from 'vitest'
import { suggestedThresholds, type ThresholdPoint } from './suggested-thresholds.ts'

const point = (threshold: number, coverage: number, errorRate: number): ThresholdPoint => ({
  threshold,
  coverage,
  errorRate,
  oosRecall: null,
  inScopeRejected: null,
})
const suggest = (thresholdCurve: ThresholdPoint[], inForce: number, n = 1_000) =>
  suggestedThresholds({ n, thresholdCurve }, inForce).map(({ threshold, errorTarget }) => [
    threshold,
    errorTarget,
  ])

test('for each target the lowest threshold is named from which on errors stay within it', () => {
  // At 0.4 the rate dips below 5% by chance and rises again at 0.6, so 0.4 is no answer to "at most 5%".
  const curve = [point(0.2, 0.9, 0.12), point(0.4, 0.8, 0.04), point(0.6, 0.7, 0.06), point(0.8, 0.5, 0.01)]
  expect(suggest(curve, 0.2)).toEqual([
    [0.2, null],
    [0.4, 0.1],
    [0.8, 0.01],
  ])
})

test('a threshold that answers nothing is never suggested', () => {
  expect(suggest([point(0.5, 0.6, 0.3), point(0.9, 0, 0)], 0.5)).toEqual([[0.5, null]])
})

test('the threshold in force is listed even between two points of the curve', () => {
  expect(suggest([point(0.4, 0.9, 0.2), point(0.5, 0.8, 0.2)], 0.47)).toEqual([[0.47, null]])
})

test('without a curve there is nothing to suggest', () => {
  expect(suggest([], 0.5)).toEqual([])
})

test('a target is left out when too few answers could show it', () => {
  const curve = [point(0.5, 0.8, 0.2), point(0.9, 0.4, 0)]
  expect(suggest(curve, 0.5, 100)).toEqual([
    [0.5, null],
    [0.9, 0.05],
  ])
})
