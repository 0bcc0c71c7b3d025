import { log, sigmoid } from '../../util/exact-math.ts'
import { DEFAULT_THRESHOLD } from '../decider.ts'
import { labelWeights } from './label-weights.ts'

/** One labelled query: the confidence of its best candidate, whether that is right, and whether any route is. */
interface ScopeRow {
  readonly confidence: number
  readonly isInScope: boolean
  /** Taken to be right where it is not said. */
  readonly isRight?: boolean
}

const FEWEST_OF_EACH = 10
const LOWEST = 0.25
const HIGHEST = 0.75
const GRID = 0.005
// A row this near the threshold, in log odds, might as well lie on its other side.
const BLUR = 0.5
// How firmly the threshold is held to the default: one over the variance of its log odds around it.
const HOLD = 20

/**
 * The threshold at which most labelled rows are decided rightly, with what it refuses of each kind; undefined with
 * fewer than ten of either kind. Rows count by `labelWeights` and each is blurred, so that no single row decides; the
 * threshold is held to the default and stays within 0.25 and 0.75, so that few rows hardly move it.
 */
export function scopeThreshold(
  rows: readonly ScopeRow[],
): { threshold: number; inScopeRejected: number; oosRecall: number } | undefined {
  const inScope = rows.filter((row) => row.isInScope)
  const strays = rows.filter((row) => !row.isInScope)
  if (inScope.length < FEWEST_OF_EACH || strays.length < FEWEST_OF_EACH) return undefined
  const weights = labelWeights(inScope.length, strays.length)
  // Of an in-scope row whose best candidate is wrong nothing can be made: it is wrong either way.
  const gains = [
    ...inScope.filter(({ isRight = true }) => isRight).map((row) => [logOdds(row), weights.inScope] as const),
    ...strays.map((row) => [logOdds(row), -weights.stray] as const),
  ]
  const gainAt = (threshold: number) => {
    const line = logOdds({ confidence: threshold })
    const away = line - logOdds({ confidence: DEFAULT_THRESHOLD })
    return gains.reduce(
      (sum, [at, weight]) => sum + weight * sigmoid((at - line) / BLUR),
      -0.5 * HOLD * away * away,
    )
  }
  let threshold = DEFAULT_THRESHOLD
  let most = gainAt(threshold)
  for (let step = LOWEST / GRID; step <= HIGHEST / GRID; step++) {
    const gain = gainAt(step * GRID)
    if (gain > most) {
      most = gain
      threshold = Math.round(step * GRID * 1000) / 1000
    }
  }
  const refused = (kind: readonly ScopeRow[]) =>
    kind.filter(({ confidence }) => confidence < threshold).length / kind.length
  return { threshold, inScopeRejected: refused(inScope), oosRecall: refused(strays) }
}

const logOdds = ({ confidence }: Pick<ScopeRow, 'confidence'>) => log(confidence / (1 - confidence))
