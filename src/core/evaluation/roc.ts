/**
 * Area under the ROC curve: the probability that a positive scores above a negative, ties counting half.
 * @returns 0..1; null when either kind is missing
 * @remarks O(n log n), by rank sum.
 * @see Hanley & McNeil, 1982, "The meaning and use of the area under a ROC curve"
 */
export function areaUnderRoc(positives: readonly number[], negatives: readonly number[]): number | null {
  if (positives.length === 0 || negatives.length === 0) return null
  const scores = [
    ...positives.map((score) => ({ score, isPositive: true })),
    ...negatives.map((score) => ({ score, isPositive: false })),
  ].sort((a, b) => a.score - b.score)
  let negativesBelow = 0
  let wins = 0
  for (let start = 0; start < scores.length; ) {
    const { score } = scores[start]!
    let positivesHere = 0
    let end = start
    for (; end < scores.length && scores[end]!.score === score; end++)
      if (scores[end]!.isPositive) positivesHere++
    const negativesHere = end - start - positivesHere
    wins += positivesHere * (negativesBelow + negativesHere / 2)
    negativesBelow += negativesHere
    start = end
  }
  return wins / (positives.length * negatives.length)
}
