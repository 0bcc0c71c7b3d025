import type { LabelledText } from '../../src/contracts/index.ts'
import { calibrationError } from '../../src/core/evaluation/calibration-error.ts'
import { areaUnderRoc } from '../../src/core/evaluation/roc.ts'
import { share } from '../quality/measures.ts'
import type { Decided, ServeOutcome } from './tasks.ts'

/** How good the decisions of one run are, as `eval` defines the figures; null where there is no such row. */
export interface Quality {
  readonly inScopeAccuracy: number
  readonly thresholdedAccuracy: number
  readonly oosRecall: number | null
  readonly inScopeRejected: number
  readonly oosAuroc: number | null
  readonly ece: number | null
}

export function qualityOf(rows: readonly LabelledText[], decisions: readonly Decided[]): Quality {
  const decided = rows.map(({ route: expected }, place) => {
    const [best, confidence, isChosen, doubt] = decisions[place]!
    return { expected, best, confidence, chosen: isChosen ? best : null, doubt }
  })
  const inScope = decided.filter(({ expected }) => expected !== null)
  const outside = decided.filter(({ expected }) => expected === null)
  const doubts = (list: typeof decided) => list.map(({ doubt }) => doubt)
  return {
    inScopeAccuracy: share(inScope, ({ best, expected }) => best === expected),
    thresholdedAccuracy: share(decided, ({ chosen, expected }) => chosen === expected),
    oosRecall: outside.length === 0 ? null : share(outside, ({ chosen }) => chosen === null),
    inScopeRejected: share(inScope, ({ chosen }) => chosen === null),
    oosAuroc: outside.length === 0 ? null : areaUnderRoc(doubts(outside), doubts(inScope)),
    ece: calibrationError(
      inScope.map(({ best, expected, confidence }) => ({ confidence, isRight: best === expected })),
    ),
  }
}

export interface Latency {
  readonly p50Us: number
  readonly p99Us: number
}

const percentile = (sorted: readonly number[], at: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))]!

/** Percentiles of each round; the one with the lowest median was disturbed least. */
export function latenciesOf({ rounds }: ServeOutcome): { best: Latency; rounds: readonly Latency[] } {
  const latencies = rounds.map((times) => {
    const sorted = [...times].sort((a, b) => a - b)
    return { p50Us: percentile(sorted, 0.5), p99Us: percentile(sorted, 0.99) }
  })
  return {
    best: latencies.reduce((least, one) => (one.p50Us < least.p50Us ? one : least)),
    rounds: latencies,
  }
}
