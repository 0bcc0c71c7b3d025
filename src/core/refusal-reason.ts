import type { Candidate, DecisionReason } from '../contracts/index.ts'

/**
 * Why no route was chosen.
 * @param outOfScope probability that no route is right, 0..1
 * @param candidates at least the best two, where there are two
 */
export function refusalReason(
  outOfScope: number,
  [first, second]: readonly Candidate[],
  threshold: number,
): DecisionReason {
  if (outOfScope > 0.5) return 'out-of-scope'
  // Either alone is too unsure, but one of the two is probably right.
  const isEither =
    first !== undefined &&
    second !== undefined &&
    first.confidence + second.confidence >= threshold &&
    second.confidence >= first.confidence / 2
  return isEither ? 'ambiguous' : 'below-threshold'
}
