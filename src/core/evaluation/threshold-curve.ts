import type { Evaluation } from '../../contracts/index.ts'

/** What a threshold would do to one row. */
export interface ThresholdRow {
  readonly confidence: number
  /** Decided by a rule, whatever the threshold. */
  readonly isForced: boolean
  /** The route it would be answered with is right. */
  readonly isRight: boolean
  readonly isInScope: boolean
}

const STEPS = 100

/**
 * What each threshold from 0 to 1 in steps of 0.01 would give, all routes having the same one.
 * @remarks O(n + steps)
 */
export function thresholdCurve(rows: readonly ThresholdRow[]): Evaluation['thresholdCurve'] {
  // A row is answered up to the last grid threshold that its confidence reaches; sums from the end give the curve.
  const answered = new Float64Array(STEPS + 2)
  const wrong = new Float64Array(STEPS + 2)
  const outOfScope = new Float64Array(STEPS + 2)
  let outOfScopeRows = 0
  for (const row of rows) {
    const last = row.isForced ? STEPS : lastStepReached(row.confidence)
    answered[last]!++
    if (!row.isRight) wrong[last]!++
    if (!row.isInScope) {
      outOfScope[last]!++
      outOfScopeRows++
    }
  }
  for (let step = STEPS - 1; step >= 0; step--) {
    answered[step]! += answered[step + 1]!
    wrong[step]! += wrong[step + 1]!
    outOfScope[step]! += outOfScope[step + 1]!
  }
  const inScopeRows = rows.length - outOfScopeRows
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const inScopeAnswered = answered[step]! - outOfScope[step]!
    return {
      threshold: step / STEPS,
      coverage: rows.length === 0 ? 0 : answered[step]! / rows.length,
      errorRate: answered[step] === 0 ? 0 : wrong[step]! / answered[step]!,
      oosRecall: outOfScopeRows === 0 ? null : 1 - outOfScope[step]! / outOfScopeRows,
      inScopeRejected: inScopeRows === 0 ? null : 1 - inScopeAnswered / inScopeRows,
    }
  })
}

function lastStepReached(confidence: number): number {
  let step = Math.min(STEPS, Math.max(0, Math.floor(confidence * STEPS)))
  // The product may round across a grid point; the comparison that a decision makes settles it.
  while (step < STEPS && confidence >= (step + 1) / STEPS) step++
  while (step > 0 && confidence < step / STEPS) step--
  return step
}
