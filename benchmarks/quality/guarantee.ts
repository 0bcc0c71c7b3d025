import { type ActedRow, type Guarantee, guaranteedThreshold } from '../../src/core/calibration/guarantee.ts'
import { calibrateOnLabels } from '../../src/core/calibration/labelled.ts'
import { Decider } from '../../src/core/decider.ts'
import { fitSnapshot } from '../../src/core/fit-snapshot.ts'
import type { SnapshotData } from '../../src/core/snapshot-data.ts'
import { isStrataError, type LabelledText, loadBuiltinEncoder, parseRouteSet } from '../../src/index.ts'
import { type Random, seededRandom, shuffle } from '../../src/util/random.ts'
import { readInScope, readRows, routesOf } from './datasets.ts'
import { type Interval, mean, share, wilsonInterval } from './measures.ts'
import { BENCHMARK_SEED, type SubjectContext } from './subject.ts'

const MAX_ERROR_RATE = 0.02
const DELTA = 0.05
const SPLITS = 200

export interface GuaranteeRound {
  /** Null where `fit` refuses: too little data to promise anything. */
  readonly threshold: number | null
  readonly coverage: number
  /** Share of wrong answers in the half that was kept apart. */
  readonly errorRate: number
  /** Coverage of the lowest threshold that keeps the rate on the half kept apart, known only in hindsight. */
  readonly bestCoverage: number
  /** Share of wrong answers among all rows, of which both halves are a sample. */
  readonly populationErrorRate: number
}

export interface GuaranteeResult {
  readonly maxErrorRate: number
  readonly delta: number
  readonly rows: number
  readonly outOfScopeRows: number
  readonly refused: number
  readonly violatedShare: number
  readonly violatedInterval: Interval
  readonly populationViolatedShare: number
  readonly populationViolatedInterval: Interval
  readonly meanCoverage: number
  readonly meanBestCoverage: number
  readonly coverageAgainstBest: number
  readonly rounds: readonly GuaranteeRound[]
}

/**
 * Whether `maxErrorRate` keeps its promise. The head is fitted once on train; val, test and every out-of-scope text
 * are split at random into one half for `fit` and one to be measured on, many times.
 */
export async function measureGuarantee({ isQuick, progress }: SubjectContext): Promise<GuaranteeResult> {
  const encoder = await loadBuiltinEncoder()
  progress('fit on train')
  const train = readInScope('clinc150/train.jsonl')
  const examples = isQuick ? train.filter((_, place) => place % 10 === 0) : train
  const snapshot = fitSnapshot(parseRouteSet({ routes: routesOf(examples) }), encoder, {})
  const rows = ['val', 'test', 'oos_train', 'oos_val', 'oos_test'].flatMap((part) =>
    readRows(`clinc150/${part}.jsonl`),
  )
  const random = seededRandom(BENCHMARK_SEED)
  const rounds: GuaranteeRound[] = []
  const splits = isQuick ? 5 : SPLITS
  for (let split = 0; split < splits; split++) {
    if (split % 10 === 0) progress(`split ${split + 1} of ${splits}`)
    const [forFit, apart] = halves(rows, random)
    rounds.push(measureSplit(snapshot, encoder, forFit, apart, random))
  }
  const promised = rounds.filter(({ threshold }) => threshold !== null)
  const violated = promised.filter(({ errorRate }) => errorRate > MAX_ERROR_RATE).length
  const populationViolated = promised.filter(
    ({ populationErrorRate }) => populationErrorRate > MAX_ERROR_RATE,
  ).length
  const meanCoverage = mean(promised.map(({ coverage }) => coverage))
  const meanBestCoverage = mean(promised.map(({ bestCoverage }) => bestCoverage))
  return {
    maxErrorRate: MAX_ERROR_RATE,
    delta: DELTA,
    rows: rows.length,
    outOfScopeRows: rows.filter(({ route }) => route === null).length,
    refused: rounds.length - promised.length,
    violatedShare: violated / promised.length,
    violatedInterval: wilsonInterval(violated, promised.length),
    populationViolatedShare: populationViolated / promised.length,
    populationViolatedInterval: wilsonInterval(populationViolated, promised.length),
    meanCoverage,
    meanBestCoverage,
    coverageAgainstBest: meanCoverage / meanBestCoverage,
    rounds,
  }
}

function halves<T>(items: readonly T[], random: Random): [T[], T[]] {
  const order = shuffle(Int32Array.from(items.keys()), random)
  const half = Math.floor(items.length / 2)
  const pick = (places: Int32Array) => Array.from(places, (place) => items[place]!)
  return [pick(order.subarray(0, half)), pick(order.subarray(half))]
}

/** What `fit({ data, maxErrorRate })` does after the head is fitted, and what came of it. */
function measureSplit(
  snapshot: SnapshotData,
  encoder: Awaited<ReturnType<typeof loadBuiltinEncoder>>,
  forFit: readonly LabelledText[],
  apart: readonly LabelledText[],
  random: Random,
): GuaranteeRound {
  const [calibrating, testing] = halves(forFit, random)
  const calibration = calibrateOnLabels(snapshot, encoder, calibrating)
  const decider = new Decider({ ...snapshot, calibration }, encoder, '')
  const act = (rows: readonly LabelledText[]): ActedRow[] =>
    rows.map(({ text, route }) => {
      const { candidates, confidence, reason } = decider.decide(text, { topK: 1 })
      return { confidence, right: candidates[0]?.route === route, always: reason === 'rule' }
    })
  const planned = act(calibrating)
  const tested = act(testing)
  const kept = act(apart)
  const bestCoverage = coverageInHindsight(kept)
  const guarantee = promise(planned, tested)
  if (guarantee === null)
    return { threshold: null, coverage: 0, errorRate: 0, bestCoverage, populationErrorRate: 0 }
  const { threshold } = guarantee
  const acted = kept.filter(({ confidence }) => confidence >= threshold)
  return {
    threshold,
    coverage: acted.length / kept.length,
    errorRate: errorRate(kept, threshold),
    bestCoverage,
    populationErrorRate: errorRate([...planned, ...tested, ...kept], threshold),
  }
}

function promise(planned: readonly ActedRow[], tested: readonly ActedRow[]): Guarantee | null {
  try {
    return guaranteedThreshold(planned, tested, MAX_ERROR_RATE, DELTA)
  } catch (error) {
    if (isStrataError(error) && error.code === 'not_enough_data') return null
    throw error
  }
}

function errorRate(rows: readonly ActedRow[], threshold: number): number {
  const acted = rows.filter(({ confidence }) => confidence >= threshold)
  return acted.length === 0 ? 0 : share(acted, ({ right }) => !right)
}

function coverageInHindsight(rows: readonly ActedRow[]): number {
  const sorted = [...rows].sort((a, b) => b.confidence - a.confidence)
  let wrong = 0
  let best = 0
  sorted.forEach(({ right }, place) => {
    if (!right) wrong++
    if (wrong <= MAX_ERROR_RATE * (place + 1)) best = place + 1
  })
  return best / rows.length
}
