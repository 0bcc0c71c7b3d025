import type { Decision, Evaluation, LabelledText } from '../../contracts/index.ts'
import { brierScore, calibrationError, reliabilityBins } from './calibration-error.ts'
import { confusionsOf } from './confusions.ts'
import { type EvaluatedRow, evaluatedRow } from './evaluated-row.ts'
import type { Outcome } from './outcome.ts'
import { areaUnderRiskCoverage, coverageAtAccuracy } from './risk-coverage.ts'
import { areaUnderRoc } from './roc.ts'
import { thresholdCurve } from './threshold-curve.ts'

/**
 * How well `decisions` fit the labels of `rows`.
 * @param decisions one a row, in the same order; check the labels first (`checkLabels`)
 * @param latenciesUs microseconds of each decision, in any order
 * @remarks O(n log n). The order of the rows changes only the order in which texts are listed.
 */
export function evaluateDecisions(
  rows: readonly LabelledText[],
  decisions: readonly Decision[],
  latenciesUs: ArrayLike<number>,
): Evaluation {
  const all = rows.map(({ text, route }, index) => evaluatedRow(text, route, decisions[index]!))
  const inScope = all.filter(({ expected }) => expected !== null)
  const outOfScope = all.filter(({ expected }) => expected === null)
  const rejected = all.filter(({ got }) => got === null)
  const top: Outcome[] = inScope.map(({ best, expected, confidence }) => ({
    confidence,
    isRight: best === expected,
  }))
  return {
    n: all.length,
    inScope: inScope.length,
    outOfScope: outOfScope.length,
    inScopeAccuracy: share(inScope, ({ best, expected }) => best === expected),
    thresholdedAccuracy: share(all, ({ got, expected }) => got === expected),
    oosRecall: share(outOfScope, ({ got }) => got === null),
    oosPrecision: share(rejected, ({ expected }) => expected === null),
    inScopeRejected: share(inScope, ({ got }) => got === null),
    oosAuroc: areaUnderRoc(inScope.map(belonging), outOfScope.map(belonging)),
    ece: calibrationError(top),
    eceMixed: calibrationError(all.map(mixedOutcome)),
    brier: brierScore(top),
    aurc: areaUnderRiskCoverage(top),
    coverageAt975: coverageAtAccuracy(top, 0.975),
    latencyUs: latencySummary(latenciesUs),
    ...confusionsOf(all),
    reliability: reliabilityBins(top),
    thresholdCurve: thresholdCurve(
      all.map(({ best, expected, confidence, isForced }) => ({
        confidence,
        isForced,
        isRight: best === expected,
        isInScope: expected !== null,
      })),
    ),
  }
}

/** What the decision claimed, and whether that was so: *no match* claims that the best candidate is wrong. */
function mixedOutcome({ expected, got, best, confidence }: EvaluatedRow): Outcome {
  if (got !== null) return { confidence, isRight: got === expected }
  return { confidence: 1 - confidence, isRight: expected === null || best !== expected }
}

const belonging = ({ outOfScope }: EvaluatedRow): number => 1 - outOfScope

function share<T>(rows: readonly T[], isCounted: (row: T) => boolean): number | null {
  return rows.length === 0 ? null : rows.filter(isCounted).length / rows.length
}

/** Nearest-rank percentiles; zeros when nothing was timed. */
function latencySummary(latenciesUs: ArrayLike<number>): Evaluation['latencyUs'] {
  const sorted = Float64Array.from(latenciesUs).sort()
  const rank = (part: number): number => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0
  return { p50: rank(0.5), p99: rank(0.99) }
}
