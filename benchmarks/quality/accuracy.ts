import { readFileSync } from 'node:fs'
import { calibrationError, calibrationErrorByChance } from '../../src/core/evaluation/calibration-error.ts'
import type { Outcome } from '../../src/core/evaluation/outcome.ts'
import { coverageAtAccuracy } from '../../src/core/evaluation/risk-coverage.ts'
import { createRouter, type Evaluation, type Router } from '../../src/index.ts'
import {
  hideNames,
  type InScopeText,
  type IntentSet,
  readIntentSet,
  routesOf,
  type SetName,
} from './datasets.ts'
import { checkDraws, drawnRows, SEEDS } from './draws.ts'
import { bootstrapInterval, type Interval, share } from './measures.ts'
import { BENCHMARK_SEED, type SubjectContext } from './subject.ts'

export type Shots = number | 'full' | 'descriptions'

export interface AccuracyRound {
  readonly set: SetName
  readonly shots: Shots
  /** Of the draw; 0 where there is nothing to draw. */
  readonly seed: number
  readonly fitSeconds: number
  readonly inScopeAccuracy: number
  readonly thresholdedAccuracy: number
  readonly inScopeRejected: number
  readonly ece: number
  /** What a perfect calibrator with the same confidences shows on as many rows. */
  readonly eceByChance: number
  readonly eceCv: number | null
  readonly coverageAt975: number
  readonly brier: number
  readonly aurc: number
  readonly latencyUs: Evaluation['latencyUs']
  readonly reliability: Evaluation['reliability']
  /** Share of wrong answers among the most confident 1%, 2%, … 100%. */
  readonly riskAtCoverage: readonly number[]
}

export interface BootstrapIntervals {
  readonly set: SetName
  readonly shots: Shots
  readonly inScopeAccuracy: Interval
  readonly ece: Interval
  readonly coverageAt975: Interval
}

export interface AccuracyResult {
  readonly rounds: readonly AccuracyRound[]
  readonly intervals: readonly BootstrapIntervals[]
}

const ALL_SHOTS: readonly Shots[] = ['descriptions', 1, 3, 5, 10, 20, 'full']

/** Accuracy and calibration by number of examples, with the route names as they are or replaced by empty ones. */
export async function measureAccuracy(context: SubjectContext, isHidden: boolean): Promise<AccuracyResult> {
  const rounds: AccuracyRound[] = []
  const intervals: BootstrapIntervals[] = []
  for (const name of ['clinc150', 'hwu64'] as const) {
    const set = readIntentSet(name)
    checkDraws(set)
    const rename = isHidden ? hideNames(set.routes) : (route: string) => route
    const test = set.test.map(({ text, route }) => ({ text, route: rename(route) }))
    for (const shots of context.isQuick ? [10] : ALL_SHOTS) {
      const runs: Outcome[][] = []
      for (const seed of typeof shots !== 'number' || context.isQuick ? [0] : SEEDS) {
        context.progress(`${set.title}, ${shots === 'full' ? 'all' : shots} examples a route, seed ${seed}`)
        const router = await createRouter({ routes: routesFor(set, shots, seed, rename) })
        const { round, outcomes } = measure(router, test)
        rounds.push({ set: name, shots, seed, ...round })
        runs.push(outcomes)
      }
      if (name === 'hwu64' && (shots === 10 || shots === 'full')) {
        intervals.push({
          set: name,
          shots,
          inScopeAccuracy: bootstrapInterval(
            runs,
            (run) => share(run, ({ isRight }) => isRight),
            BENCHMARK_SEED,
          ),
          ece: bootstrapInterval(runs, (run) => calibrationError(run)!, BENCHMARK_SEED),
          coverageAt975: bootstrapInterval(runs, (run) => coverageAtAccuracy(run, 0.975)!, BENCHMARK_SEED),
        })
      }
    }
  }
  return { rounds, intervals }
}

function routesFor(
  set: IntentSet,
  shots: Shots,
  seed: number,
  rename: (name: string) => string,
): readonly object[] {
  if (shots !== 'descriptions') return routesOf(drawnRows(set, shots, seed), rename)
  const descriptions = readDescriptions(set)
  return set.routes.map((name) => ({ name: rename(name), description: descriptions[name], examples: [] }))
}

/** One sentence a route, written from its name and training examples. */
function readDescriptions(set: IntentSet): Readonly<Record<string, string>> {
  const file = new URL(`./descriptions/${set.name}.json`, import.meta.url)
  const descriptions = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>
  const missing = set.routes.filter((name) => !descriptions[name])
  if (missing.length > 0) throw new Error(`${file.pathname} describes no route named ${missing.join(', ')}.`)
  return descriptions
}

function measure(router: Router, test: readonly InScopeText[]) {
  const evaluation = router.evaluate(test)
  const outcomes = router.routeMany(test.map(({ text }) => text)).map(({ candidates, confidence }, row) => ({
    confidence,
    isRight: candidates[0]!.route === test[row]!.route,
  }))
  const round = {
    fitSeconds: router.report.seconds,
    inScopeAccuracy: evaluation.inScopeAccuracy!,
    thresholdedAccuracy: evaluation.thresholdedAccuracy!,
    inScopeRejected: evaluation.inScopeRejected!,
    ece: evaluation.ece!,
    eceByChance: calibrationErrorByChance(
      outcomes.map(({ confidence }) => confidence),
      BENCHMARK_SEED,
    )!,
    eceCv: router.report.eceCv,
    coverageAt975: evaluation.coverageAt975!,
    brier: evaluation.brier!,
    aurc: evaluation.aurc!,
    latencyUs: evaluation.latencyUs,
    reliability: evaluation.reliability,
    riskAtCoverage: riskAtCoverage(outcomes),
  }
  return { round, outcomes }
}

function riskAtCoverage(outcomes: readonly Outcome[]): number[] {
  const sorted = [...outcomes].sort((a, b) => b.confidence - a.confidence)
  const wrong: number[] = []
  for (const { isRight } of sorted) wrong.push((wrong.at(-1) ?? 0) + (isRight ? 0 : 1))
  return Array.from({ length: 100 }, (_, percent) => {
    const taken = Math.max(1, Math.round(((percent + 1) / 100) * sorted.length))
    return wrong[taken - 1]! / taken
  })
}
