import type { Evaluation } from '../../contracts/index.ts'
import { counted, grouped } from '../text-layout.ts'
import { chanceInEvaluation } from './calibration-chance.ts'

/** One measured figure with what it means to somebody who meets it for the first time. */
interface Figure {
  readonly name: string
  /** 0..1, or null when no row applies. */
  readonly share: number | null
  readonly meaning: string
}

/** The headline figures of an evaluation, in words; figures that no row applies to are left out. */
export function figuresOf(evaluation: Evaluation): Figure[] {
  const { inScope, outOfScope } = evaluation
  const rightInScope = Math.round((evaluation.inScopeAccuracy ?? 0) * inScope)
  const caught = Math.round((evaluation.oosRecall ?? 0) * outOfScope)
  const refused = Math.round((evaluation.inScopeRejected ?? 0) * inScope)
  const figures: Figure[] = [
    {
      name: 'Best guess right',
      share: evaluation.inScopeAccuracy,
      meaning: `for ${grouped(rightInScope)} of ${counted(inScope, 'text')} that belong to a route, the best candidate is the right one`,
    },
    {
      name: 'Decision right',
      share: evaluation.thresholdedAccuracy,
      meaning: `of ${counted(evaluation.n, 'text')} got their route, or "no match" where none fits, thresholds applied`,
    },
    {
      name: 'Refused',
      share: evaluation.inScopeRejected,
      meaning: `${counted(refused, 'text')} that should have got a route got "no match"`,
    },
    {
      name: 'Out of scope caught',
      share: evaluation.oosRecall,
      meaning: `${grouped(caught)} of ${counted(outOfScope, 'text')} that belong nowhere got "no match"`,
    },
    {
      name: 'Calibration error',
      share: evaluation.ece,
      meaning: `how far confidence and truth lie apart on average; ${chanceInEvaluation(evaluation)}`,
    },
  ]
  return figures.filter((figure) => figure.share !== null)
}

const FEW_TEXTS = 200
/** Standard deviations that 95% of a normal distribution lie within. */
const NORMAL_95 = 1.96

/**
 * A warning when chance alone could explain much of the figures, or null.
 * @see Wilson, 1927: half the width of the score interval at 95%
 */
export function cautionOf(evaluation: Evaluation): string | null {
  const { inScope: count, inScopeAccuracy: share } = evaluation
  if (share === null || count >= FEW_TEXTS) return null
  const z = NORMAL_95
  const halfWidth =
    (z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2))) / (1 + z ** 2 / count)
  return `With ${counted(count, 'text')} chance moves such figures by about ±${Math.ceil(halfWidth * 100)} points; collect ${FEW_TEXTS} or more before trusting small differences.`
}

const FEWEST_A_BIN = 8

type Bin = Evaluation['reliability'][number]

/** Neighbouring bins joined until each holds enough texts for its share to mean something. */
export function readableBins(bins: Evaluation['reliability']): Bin[] {
  const joined: Bin[] = []
  for (const bin of bins) {
    const last = joined.at(-1)
    if (last && last.count < FEWEST_A_BIN) joined[joined.length - 1] = join(last, bin)
    else joined.push(bin)
  }
  const [beforeLast, last] = joined.slice(-2)
  if (beforeLast && last && last.count < FEWEST_A_BIN) joined.splice(-2, 2, join(beforeLast, last))
  return joined
}

function join(a: Bin, b: Bin): Bin {
  const count = a.count + b.count
  return {
    confidence: (a.confidence * a.count + b.confidence * b.count) / count,
    accuracy: (a.accuracy * a.count + b.accuracy * b.count) / count,
    count,
  }
}

export function routeText(route: string | null): string {
  return route ?? 'no match'
}
