import type { Evaluation } from '../../contracts/index.ts'

export type ThresholdPoint = Evaluation['thresholdCurve'][number]

interface SuggestedThreshold extends ThresholdPoint {
  /** Why this one is in the table: the share of wrong answers that it keeps to, or null for the one in force. */
  readonly errorTarget: number | null
}

const ERROR_TARGETS = [0.1, 0.05, 0.02, 0.01]

/**
 * The threshold in force, and for each error target the lowest threshold from which on the share of wrong answers
 * stays within it. Targets that no threshold meets, or that too few answers can show, are left out.
 * Sorted by threshold. Read off the same data as they are judged on, so optimistic: `fit --max-error-rate` promises.
 */
export function suggestedThresholds(
  { n, thresholdCurve }: Pick<Evaluation, 'n' | 'thresholdCurve'>,
  inForce: number,
): SuggestedThreshold[] {
  const curve = thresholdCurve.toSorted((a, b) => a.threshold - b.threshold)
  const suggestions: SuggestedThreshold[] = []
  const current = nearestPoint(curve, inForce)
  if (current) suggestions.push({ ...current, threshold: inForce, errorTarget: null })
  for (const errorTarget of ERROR_TARGETS) {
    const point = lowestWithin(curve, errorTarget)
    // One wrong answer in a hundred cannot be told from none in fewer than a hundred answers.
    if (!point || point.coverage * n < 1 / errorTarget) continue
    const listed = suggestions.findIndex((other) => other.threshold === point.threshold)
    // One threshold that meets several targets is listed once, for the strictest of them.
    if (listed >= 0) suggestions[listed] = { ...point, errorTarget }
    else suggestions.push({ ...point, errorTarget })
  }
  return suggestions.sort((a, b) => a.threshold - b.threshold)
}

function lowestWithin(curve: readonly ThresholdPoint[], errorTarget: number): ThresholdPoint | undefined {
  let lowest: ThresholdPoint | undefined
  for (const point of curve.toReversed()) {
    // A threshold that answers nothing makes no errors and helps nobody.
    if (point.coverage === 0) continue
    if (point.errorRate > errorTarget) break
    lowest = point
  }
  return lowest
}

function nearestPoint(curve: readonly ThresholdPoint[], threshold: number): ThresholdPoint | undefined {
  let nearest: ThresholdPoint | undefined
  for (const point of curve) {
    if (!nearest || Math.abs(point.threshold - threshold) < Math.abs(nearest.threshold - threshold))
      nearest = point
  }
  return nearest
}
