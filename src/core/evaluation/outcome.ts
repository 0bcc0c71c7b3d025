/** One forecast and what came of it. */
export interface Outcome {
  /** Probability given beforehand, 0..1. */
  readonly confidence: number
  readonly isRight: boolean
}

/** Outcomes of one and the same confidence. */
interface TieGroup {
  readonly confidence: number
  readonly count: number
  readonly right: number
}

/**
 * The outcomes by falling confidence, equal ones as one group, so that no figure depends on the order of rows.
 * @remarks O(n log n)
 */
export function tieGroups(outcomes: readonly Outcome[]): TieGroup[] {
  const sorted = [...outcomes].sort((a, b) => b.confidence - a.confidence)
  const groups: { confidence: number; count: number; right: number }[] = []
  for (const { confidence, isRight } of sorted) {
    let group = groups.at(-1)
    if (group?.confidence !== confidence) {
      group = { confidence, count: 0, right: 0 }
      groups.push(group)
    }
    group.count++
    if (isRight) group.right++
  }
  return groups
}
