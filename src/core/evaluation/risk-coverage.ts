import { type Outcome, tieGroups } from './outcome.ts'

/**
 * Area under the risk-coverage curve: the share of wrong ones among the most confident k, averaged over all k.
 * Equal confidences can only be taken together, so each of a group counts with the risk of the whole group taken.
 * @returns 0..1, lower is better; null of nothing
 * @see Geifman, Uziel & El-Yaniv, 2019, "Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers"
 */
export function areaUnderRiskCoverage(outcomes: readonly Outcome[]): number | null {
  if (outcomes.length === 0) return null
  let taken = 0
  let wrong = 0
  let area = 0
  for (const { count, right } of tieGroups(outcomes)) {
    taken += count
    wrong += count - right
    area += count * (wrong / taken)
  }
  return area / outcomes.length
}

/**
 * The largest share that can be taken by falling confidence with at least `accuracy` of it right.
 * @param accuracy 0..1
 * @returns 0..1; null of nothing
 */
export function coverageAtAccuracy(outcomes: readonly Outcome[], accuracy: number): number | null {
  if (outcomes.length === 0) return null
  let taken = 0
  let right = 0
  let best = 0
  for (const group of tieGroups(outcomes)) {
    taken += group.count
    right += group.right
    if (right >= accuracy * taken) best = taken
  }
  return best / outcomes.length
}
