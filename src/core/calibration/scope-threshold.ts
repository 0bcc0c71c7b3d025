/** One labelled query: the confidence of its best candidate, and whether a route is right for it at all. */
interface ScopeRow {
  readonly confidence: number
  readonly isInScope: boolean
}

/** Share of the queries that belong which the chosen threshold may refuse. */
const IN_SCOPE_REJECTED = 0.033
const FEWEST_OF_EACH = 10

/**
 * The confidence below which 3.3% of the queries that belong lie, with what it refuses of each kind; undefined with
 * too few of either kind to say. Refusing as many of them as a user would put up with catches most strays.
 */
export function scopeThreshold(
  rows: readonly ScopeRow[],
): { threshold: number; inScopeRejected: number; oosRecall: number } | undefined {
  const inScope = rows.filter((row) => row.isInScope).map((row) => row.confidence)
  const strays = rows.filter((row) => !row.isInScope).map((row) => row.confidence)
  if (inScope.length < FEWEST_OF_EACH || strays.length < FEWEST_OF_EACH) return undefined
  inScope.sort((a, b) => a - b)
  const threshold = inScope[Math.floor(IN_SCOPE_REJECTED * inScope.length)]!
  const refused = (confidences: readonly number[]) =>
    confidences.filter((confidence) => confidence < threshold).length / confidences.length
  return { threshold, inScopeRejected: refused(inScope), oosRecall: refused(strays) }
}
