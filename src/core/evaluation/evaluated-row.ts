import type { Decision } from '../../contracts/index.ts'

/** One labelled text and how it was decided. */
export interface EvaluatedRow {
  readonly text: string
  /** The right route; null when none is. */
  readonly expected: string | null
  /** The route it was answered with; null for *no match*. */
  readonly got: string | null
  /** The best candidate, thresholds ignored; the forced route where a rule decided. */
  readonly best: string | null
  readonly confidence: number
  /** Probability that no route is right, as the decision saw it. */
  readonly outOfScope: number
  readonly isForced: boolean
}

export function evaluatedRow(text: string, expected: string | null, decision: Decision): EvaluatedRow {
  const isForced = decision.reason === 'rule'
  const best = isForced ? decision.route : (decision.candidates[0]?.route ?? null)
  return {
    text,
    expected,
    got: decision.route,
    best,
    confidence: decision.confidence,
    outOfScope: decision.outOfScope,
    isForced,
  }
}
