import type { Evaluation } from '../../contracts/index.ts'

/** One measured figure with what it means to somebody who meets it for the first time. */
export interface Figure {
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
      meaning: `for ${rightInScope} of the ${inScope} texts that belong to a route, the best candidate is the right one`,
    },
    {
      name: 'Decision right',
      share: evaluation.thresholdedAccuracy,
      meaning: `of all ${evaluation.n} texts got their route, or "no match" where none fits, thresholds applied`,
    },
    {
      name: 'Refused',
      share: evaluation.inScopeRejected,
      meaning: `${refused} texts that belong to a route were answered "no match"`,
    },
    {
      name: 'Out of scope caught',
      share: evaluation.oosRecall,
      meaning: `${caught} of the ${outOfScope} texts that belong nowhere were answered "no match"`,
    },
    {
      name: 'Calibration error',
      share: evaluation.ece,
      meaning: 'how far confidence and truth lie apart on average; 0 is perfect, under 5% is good',
    },
  ]
  return figures.filter((figure) => figure.share !== null)
}

/** The pairs that cost most, as one sentence a pair for people. */
export function routeText(route: string | null): string {
  return route ?? 'no match'
}
