import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  brierScore,
  calibrationError,
  calibrationErrorByChance,
  reliabilityBins,
} from './calibration-error.ts'
import type { Outcome } from './outcome.ts'
import { areaUnderRiskCoverage, coverageAtAccuracy } from './risk-coverage.ts'
import { areaUnderRoc } from './roc.ts'
import { type ThresholdRow, thresholdCurve } from './threshold-curve.ts'

/** Coarse confidences, so that ties are common. */
const confidence = fc.oneof(
  fc.constantFrom(0.1, 0.25, 0.29, 0.5, 0.57, 0.9),
  fc.double({ min: 0.01, max: 0.99, noNaN: true }),
)
const outcome: fc.Arbitrary<Outcome> = fc.record({ confidence, isRight: fc.boolean() })
const outcomes = fc.array(outcome, { minLength: 1, maxLength: 60 })
const shuffled = fc
  .array(outcome, { minLength: 1, maxLength: 60 })
  .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })))
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

describe('each figure against its definition, slowly', () => {
  test('calibration error: bin by bin, a tied row counting with the accuracy of its ties', () => {
    fc.assert(
      fc.property(outcomes, fc.integer({ min: 1, max: 20 }), (list, bins) => {
        const sorted = [...list].sort((a, b) => a.confidence - b.confidence)
        const accuracyOf = (row: Outcome) =>
          mean(
            list.filter((other) => other.confidence === row.confidence).map((other) => Number(other.isRight)),
          )
        let expected = 0
        for (let bin = 0; bin < bins; bin++) {
          const rows = sorted.filter((_, index) => Math.floor((index * bins) / sorted.length) === bin)
          if (rows.length === 0) continue
          expected +=
            (rows.length / sorted.length) *
            Math.abs(mean(rows.map((row) => row.confidence)) - mean(rows.map(accuracyOf)))
        }
        expect(calibrationError(list, bins)).toBeCloseTo(expected, 12)
        expect(reliabilityBins(list, bins).reduce((sum, bin) => sum + bin.count, 0)).toBe(list.length)
      }),
    )
  })

  test('Brier score: mean squared distance', () => {
    fc.assert(
      fc.property(outcomes, (list) => {
        expect(brierScore(list)).toBeCloseTo(
          mean(list.map((row) => (row.confidence - Number(row.isRight)) ** 2)),
          12,
        )
      }),
    )
  })

  test('area under risk-coverage: the risk of everything at least as confident, averaged over rows', () => {
    fc.assert(
      fc.property(outcomes, (list) => {
        const risk = (row: Outcome) =>
          mean(
            list.filter((other) => other.confidence >= row.confidence).map((other) => Number(!other.isRight)),
          )
        expect(areaUnderRiskCoverage(list)).toBeCloseTo(mean(list.map(risk)), 12)
      }),
    )
  })

  test('coverage: the largest share above some threshold that is accurate enough', () => {
    fc.assert(
      fc.property(outcomes, fc.constantFrom(0, 0.5, 0.9, 0.975, 1), (list, accuracy) => {
        const shares = list.map(({ confidence }) => {
          const taken = list.filter((row) => row.confidence >= confidence)
          return mean(taken.map((row) => Number(row.isRight))) >= accuracy ? taken.length / list.length : 0
        })
        expect(coverageAtAccuracy(list, accuracy)).toBe(Math.max(0, ...shares))
      }),
    )
  })

  test('area under ROC: the share of pairs in the right order, ties half', () => {
    const scores = fc.array(confidence, { minLength: 1, maxLength: 25 })
    fc.assert(
      fc.property(scores, scores, (positives, negatives) => {
        const pairs = positives.flatMap((p) => negatives.map((n) => (p > n ? 1 : p === n ? 0.5 : 0)))
        expect(areaUnderRoc(positives, negatives)).toBeCloseTo(mean(pairs), 12)
      }),
    )
  })

  test('threshold curve: each threshold applied to each row', () => {
    const row: fc.Arbitrary<ThresholdRow> = fc
      .record({ confidence, isForced: fc.boolean(), isRight: fc.boolean(), isInScope: fc.boolean() })
      .map((row) => ({ ...row, isRight: row.isRight && row.isInScope }))
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        const part = (some: ThresholdRow[], of: ThresholdRow[]) =>
          of.length === 0 ? null : some.length / of.length
        const slow = Array.from({ length: 101 }, (_, step) => {
          const threshold = step / 100
          const answered = rows.filter((row) => row.isForced || row.confidence >= threshold)
          const rest = rows.filter((row) => !answered.includes(row))
          return {
            threshold,
            coverage: part(answered, rows) ?? 0,
            errorRate:
              part(
                answered.filter((row) => !row.isRight),
                answered,
              ) ?? 0,
            oosRecall: part(
              rest.filter((row) => !row.isInScope),
              rows.filter((row) => !row.isInScope),
            ),
            inScopeRejected: part(
              rest.filter((row) => row.isInScope),
              rows.filter((row) => row.isInScope),
            ),
          }
        })
        const fast = thresholdCurve(rows)
        expect(fast.map((point) => point.threshold)).toEqual(slow.map((point) => point.threshold))
        for (const [index, point] of fast.entries()) {
          for (const key of ['coverage', 'errorRate', 'oosRecall', 'inScopeRejected'] as const) {
            const wanted = slow[index]?.[key] ?? null
            if (wanted === null) expect(point[key]).toBeNull()
            else expect(point[key]).toBeCloseTo(wanted, 12)
          }
        }
      }),
    )
  })
})

test('no figure depends on the order of the rows, to the last bit', () => {
  fc.assert(
    fc.property(shuffled, ([list, other]) => {
      for (const figure of [
        calibrationError,
        brierScore,
        areaUnderRiskCoverage,
        (rows: readonly Outcome[]) => coverageAtAccuracy(rows, 0.8),
      ]) {
        expect(figure(other)).toBe(figure(list))
      }
    }),
  )
})

test('a perfect calibrator has no error, and known cases come out as worked by hand', () => {
  const half = [true, false].map((isRight) => ({ confidence: 0.5, isRight }))
  expect(calibrationError(half)).toBe(0)
  const four = [0.9, 0.8, 0.7, 0.6].map((confidence, index) => ({ confidence, isRight: index !== 1 }))
  expect(areaUnderRiskCoverage(four)).toBeCloseTo((0 + 1 / 2 + 1 / 3 + 1 / 4) / 4, 12)
  expect(coverageAtAccuracy(four, 0.75)).toBe(1)
  expect(coverageAtAccuracy(four, 0.9)).toBe(0.25)
  expect(areaUnderRoc([0.9, 0.4], [0.4, 0.1])).toBe(0.875)
})

test('of nothing there is no figure', () => {
  expect([
    calibrationError([]),
    brierScore([]),
    areaUnderRiskCoverage([]),
    coverageAtAccuracy([], 1),
    areaUnderRoc([], [1]),
  ]).toEqual(Array(5).fill(null))
})

describe('calibration error by chance', () => {
  const spread = (n: number) => Array.from({ length: n }, (_, row) => (row + 0.5) / n)

  test('a perfectly calibrated router shows much of it on few rows, little on many', () => {
    const few = calibrationErrorByChance(spread(30), 1)!
    const many = calibrationErrorByChance(spread(3000), 1)!
    expect(few).toBeGreaterThan(0.15)
    expect(many).toBeLessThan(0.03)
    expect(calibrationErrorByChance(spread(30), 1)).toBe(few)
  })

  test('certainties leave nothing to chance, and of nothing there is none', () => {
    expect(calibrationErrorByChance([0, 1, 1], 1)).toBe(0)
    expect(calibrationErrorByChance([], 1)).toBeNull()
  })
})
