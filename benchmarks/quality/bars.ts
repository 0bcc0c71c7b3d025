import type { AccuracyResult, Shots } from './accuracy.ts'
import type { CascadeResult } from './cascade-result.ts'
import type { SetName } from './datasets.ts'
import type { GuaranteeResult } from './guarantee.ts'
import { type Interval, mean } from './measures.ts'
import type { RobustnessResult, RobustnessRound } from './robustness.ts'
import type { ScopeResult, ScopeRound } from './scope.ts'
import type { SmallSetCell, SmallSetsResult } from './small-sets.ts'

/** What a bar is measured by; a subject that has no result file yet is undefined. */
export interface Results {
  readonly accuracy?: AccuracyResult | undefined
  readonly scope?: ScopeResult | undefined
  readonly guarantee?: GuaranteeResult | undefined
  readonly robustness?: RobustnessResult | undefined
  readonly smallSets?: SmallSetsResult | undefined
  readonly cascade?: CascadeResult | undefined
}

/** A figure that has to be reached, by the default configuration unless said otherwise. All figures are shares, 0..1. */
export interface Bar {
  readonly title: string
  readonly atLeast?: number
  readonly atMost?: number
  readonly goal?: number
  /** The figure, or undefined where it has not been measured. */
  readonly measure: (results: Results) => number | undefined
  /** Given where the figure is a share of few trials: the bar is met when its 95% interval reaches it. */
  readonly interval?: (results: Results) => Interval | undefined
}

export const SETS: readonly { readonly name: SetName; readonly title: string }[] = [
  { name: 'clinc150', title: 'CLINC150' },
  { name: 'hwu64', title: 'HWU64' },
]

type Limit = Pick<Bar, 'atLeast' | 'atMost' | 'goal'>

interface Round {
  readonly set: SetName
  readonly shots: Shots
}

export const roundsOf = <R extends Round>(
  { rounds }: { readonly rounds: readonly R[] },
  set: SetName,
  shots: Shots,
): readonly R[] => rounds.filter((round) => round.set === set && round.shots === shots)

/** A bar on the mean of a figure over the draws of a set. */
export function drawsBar<R extends Round>(
  set: SetName,
  shots: Shots,
  what: string,
  limit: Limit,
  result: (results: Results) => { readonly rounds: readonly R[] } | undefined,
  figure: (round: R) => number,
): Bar {
  const amount =
    shots === 'full' ? 'all examples' : shots === 1 ? '1 example a route' : `${shots} examples a route`
  return {
    title: `${set === 'clinc150' ? 'CLINC150' : 'HWU64'}, ${amount}: ${what}`,
    ...limit,
    measure: (results) => {
      const measured = result(results)
      const rounds = measured ? roundsOf(measured, set, shots) : []
      return rounds.length === 0 ? undefined : mean(rounds.map(figure))
    },
  }
}

const TITLES = { ece: 'calibration error', coverageAt975: 'coverage at 97.5%' } as const

/** The bars of confidence, which are the same for a router and a cascade. */
export function confidenceBars<R extends Round & Readonly<Record<keyof typeof TITLES, number>>>(
  result: (results: Results) => { readonly rounds: readonly R[] } | undefined,
): Bar[] {
  const bar = (set: SetName, shots: Shots, figure: keyof typeof TITLES, limit: Limit) =>
    drawsBar(set, shots, TITLES[figure], limit, result, (round) => round[figure])
  return [
    bar('clinc150', 10, 'ece', { atMost: 0.025 }),
    bar('clinc150', 'full', 'ece', { atMost: 0.015 }),
    bar('hwu64', 10, 'ece', { atMost: 0.045 }),
    bar('hwu64', 'full', 'ece', { atMost: 0.03 }),
    bar('clinc150', 10, 'coverageAt975', { atLeast: 0.68 }),
    bar('clinc150', 'full', 'coverageAt975', { atLeast: 0.91 }),
    bar('hwu64', 10, 'coverageAt975', { atLeast: 0.38 }),
    bar('hwu64', 'full', 'coverageAt975', { atLeast: 0.68 }),
  ]
}

function scopeBar(
  title: string,
  limit: Limit,
  way: ScopeRound['way'],
  figure: (round: ScopeRound, all: readonly ScopeRound[]) => number,
): Bar {
  return {
    title: `Out of scope, CLINC150: ${title}`,
    ...limit,
    measure: ({ scope }) => {
      const round = scope?.rounds.find((candidate) => candidate.way === way)
      return round && scope ? figure(round, scope.rounds) : undefined
    },
  }
}

function robustnessBar(title: string, limit: Limit, figure: (round: RobustnessRound) => number): Bar {
  return {
    title: `CLINC150, 10 examples a route: ${title}`,
    ...limit,
    measure: ({ robustness }) => (robustness ? mean(robustness.rounds.map(figure)) : undefined),
  }
}

function smallSetsBar(
  title: string,
  limit: Limit,
  figure: (cell: SmallSetCell) => number,
  isCounted: (cell: SmallSetCell) => boolean = () => true,
): Bar {
  return {
    title: `Sets of 2 to 12 routes: ${title}`,
    ...limit,
    measure: ({ smallSets }) => (smallSets ? mean(smallSets.cells.filter(isCounted).map(figure)) : undefined),
  }
}

const accuracy = (set: SetName, shots: Shots, atLeast: number, goal?: number): Bar =>
  drawsBar(
    set,
    shots,
    'accuracy',
    { atLeast, ...(goal ? { goal } : {}) },
    (results) => results.accuracy,
    (round) => round.inScopeAccuracy,
  )

/** Recall on test where `refused` of the in-scope test queries are refused, between the measured points. */
export function recallAt(round: ScopeRound, refused: number): number {
  const after = round.curve.findIndex((point) => point.refused >= refused)
  const high = round.curve[after]!
  const low = round.curve[after - 1]
  if (!low || high.refused === low.refused) return high.recall
  return low.recall + ((refused - low.refused) / (high.refused - low.refused)) * (high.recall - low.recall)
}

/** Recall lost by a way without out-of-scope labels at the refusal on test that the labelled way has. */
function recallLost(round: ScopeRound, all: readonly ScopeRound[]): number {
  const labelled = all.find(({ way }) => way === 'labels')!
  return recallAt(labelled, labelled.chosen.refused) - recallAt(round, labelled.chosen.refused)
}

export const BARS: readonly Bar[] = [
  accuracy('clinc150', 1, 0.6),
  accuracy('clinc150', 3, 0.785),
  accuracy('clinc150', 5, 0.82, 0.85),
  accuracy('clinc150', 10, 0.87, 0.895),
  accuracy('clinc150', 20, 0.906, 0.925),
  accuracy('clinc150', 'full', 0.947, 0.96),
  accuracy('hwu64', 5, 0.71, 0.75),
  accuracy('hwu64', 10, 0.776, 0.805),
  accuracy('hwu64', 20, 0.823, 0.85),
  accuracy('hwu64', 'full', 0.895, 0.91),
  ...confidenceBars((results) => results.accuracy),
  scopeBar('AUROC', { atLeast: 0.963 }, 'labels', ({ auroc }) => auroc),
  scopeBar(
    'refused on test at 3.3% refused on validation',
    { atMost: 0.045 },
    'labels',
    ({ chosen }) => chosen.refused,
  ),
  scopeBar(
    'recall at 3.3% refused on validation',
    { atLeast: 0.76, goal: 0.81 },
    'labels',
    ({ chosen }) => chosen.recall,
  ),
  scopeBar('recall at 8% refused on test', { atLeast: 0.88 }, 'labels', (round) => recallAt(round, 0.08)),
  scopeBar('recall lost without out-of-scope labels', { atMost: 0.03 }, 'val', recallLost),
  scopeBar('calibration error of all decisions', { atMost: 0.03 }, 'labels', ({ eceMixed }) => eceMixed),
  {
    title: 'maxErrorRate 0.02: share of 200 splits that break it (95% interval)',
    atMost: 0.05,
    measure: ({ guarantee }) => guarantee?.violatedShare,
    interval: ({ guarantee }) => guarantee?.violatedInterval,
  },
  {
    title: 'maxErrorRate 0.02: coverage against the best threshold in hindsight',
    atLeast: 0.85,
    measure: ({ guarantee }) => guarantee?.coverageAgainstBest,
  },
  robustnessBar(
    'typos in 10% of the longer words',
    { atLeast: 0.845 },
    ({ accuracy: by }) => by['typos in 10% of the longer words']!,
  ),
  robustnessBar(
    'typos in 30% of the longer words',
    { atLeast: 0.77 },
    ({ accuracy: by }) => by['typos in 30% of the longer words']!,
  ),
  robustnessBar(
    'between two sentences of chatter',
    { atLeast: 0.8 },
    ({ accuracy: by }) => by['between two sentences of chatter']!,
  ),
  smallSetsBar('right decisions', { atLeast: 0.86 }, (cell) => cell.thresholdedAccuracy),
  smallSetsBar('calibration error of all decisions', { atMost: 0.025 }, (cell) => cell.eceMixed),
  smallSetsBar(
    'refused with 5 or more examples a route',
    { atMost: 0.1 },
    (cell) => cell.inScopeRejected,
    ({ examples }) => examples >= 5,
  ),
  robustnessBar('texts in other languages accepted', { atMost: 0.1 }, ({ foreign }) => foreign.accepted),
]

export interface MeasuredBar extends Omit<Bar, 'interval'> {
  readonly value: number
  readonly interval: Interval | undefined
  readonly isMet: boolean
  /** Distance to the bar; negative when missed. */
  readonly margin: number
}

/** The bars that have been measured: missed ones first, the widest miss on top; then those nearest to the bar. */
export function measureBars(results: Results, bars: readonly Bar[] = BARS): MeasuredBar[] {
  return bars
    .flatMap((bar) => {
      const value = bar.measure(results)
      if (value === undefined) return []
      const interval = bar.interval?.(results)
      const above = (interval?.[1] ?? value) - (bar.atLeast ?? 0)
      const below = (bar.atMost ?? 1) - (interval?.[0] ?? value)
      const margin = bar.atLeast !== undefined ? above : below
      return [{ ...bar, value, interval, margin, isMet: margin >= 0 }]
    })
    .sort((a, b) => a.margin - b.margin)
}
