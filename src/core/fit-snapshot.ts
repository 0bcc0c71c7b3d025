import type { Encoder, FitProgress, FitReport, LabelledText, RouteSet } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import { percentAsShare } from '../util/percent-as-share.ts'
import { seededRandom, shuffle } from '../util/random.ts'
import { type ActedRow, guaranteedThreshold } from './calibration/guarantee.ts'
import { calibrateOnLabels } from './calibration/labelled.ts'
import { scopeThreshold } from './calibration/scope-threshold.ts'
import { compileRoutes, type WatchHeldOut } from './compile-routes.ts'
import { DEFAULT_THRESHOLD, Decider } from './decider.ts'
import { checkLabels } from './evaluation/check-labels.ts'
import type { SnapshotData } from './snapshot-data.ts'

/** How to fit a route set. */
export interface FitOptions {
  /**
   * Labelled queries, apart from the examples; they calibrate confidence. With ten or more out-of-scope rows among
   * them they also choose the default threshold, near 0.5 unless many rows speak for another, at which most are decided
   * rightly; not where the set states one or `maxErrorRate` does.
   */
  readonly data?: readonly LabelledText[]
  /** Be wrong at most this share of the times a route is chosen, above 0 and below 1. Needs `data`. */
  readonly maxErrorRate?: number
  /** Probability with which that promise may fail, over the draw of `data`. Default 0.05. */
  readonly delta?: number
  /** Called now and then during a long fit. */
  readonly onProgress?: FitProgress
}

/** How to fit the routers of a cascade. */
export interface WatchedFitOptions extends FitOptions {
  /** Told what models that never saw an example make of it, for every example that could be held out. */
  readonly onHeldOut?: WatchHeldOut
}

const DEFAULT_DELTA = 0.05
const SPLIT_SEED = 7

/** Confidence that a route of the set needs unless a guarantee or the route itself says otherwise. */
function defaultThreshold(routeSet: RouteSet): number {
  return routeSet.defaults?.threshold ?? DEFAULT_THRESHOLD
}

/**
 * The threshold of a set after an edit: the one in force, which labelled data may have chosen, unless the edit
 * changes the set's own. What was promised with it does not outlive the head.
 */
export function keptThreshold(before: Pick<SnapshotData, 'routeSet' | 'report'>, after: RouteSet): number {
  const isSame = before.routeSet.defaults?.threshold === after.defaults?.threshold
  return isSame ? before.report.thresholds.default : defaultThreshold(after)
}

/**
 * Fits everything: head, calibration and, when asked for, the threshold that keeps the error rate.
 * @param threshold in force when no error rate is asked for
 */
export function fitSnapshot(
  routeSet: RouteSet,
  encoder: Encoder,
  options: WatchedFitOptions,
  threshold = defaultThreshold(routeSet),
): SnapshotData {
  const start = performance.now()
  const maxErrorRate = options.maxErrorRate ?? (options.data ? routeSet.defaults?.maxErrorRate : undefined)
  const delta = options.delta ?? DEFAULT_DELTA
  checkRate('maxErrorRate', maxErrorRate)
  checkRate('delta', delta)
  if (options.maxErrorRate !== undefined && !options.data) {
    throw new StrataError(
      'not_enough_data',
      'Expected labelled data with maxErrorRate: an error rate can only be promised for queries like some whose right route is known. Give data as rows { text, route }.',
    )
  }
  if (options.data)
    checkLabels(
      options.data,
      routeSet.routes.map(({ name }) => name),
    )
  const { accuracyCv, eceCv, eceCvByChance, ...compiled } = compileRoutes(
    routeSet,
    encoder,
    options.onProgress,
    options.onHeldOut,
  )
  const examples = compiled.examples.offsets.at(-1) ?? 0
  const report = (
    thresholds: FitReport['thresholds'],
    snapshot: Omit<SnapshotData, 'report'>,
  ): FitReport => ({
    routes: routeSet.routes.length,
    examples,
    accuracyCv,
    eceCv,
    eceCvByChance,
    thresholds,
    seconds: Math.round(performance.now() - start) / 1000,
    bytes: sizeOf(snapshot),
  })
  const uncalibrated: SnapshotData = { ...compiled, report: report({ default: threshold }, compiled) }
  if (!options.data) return uncalibrated
  const [calibrating, testing] = maxErrorRate === undefined ? [options.data, []] : split(options.data)
  const calibration = calibrateOnLabels(uncalibrated, encoder, calibrating, options.onProgress)
  const calibrated: SnapshotData = { ...uncalibrated, calibration }
  const decider = new Decider(calibrated, encoder, '')
  if (maxErrorRate === undefined) {
    const scope =
      routeSet.defaults?.threshold === undefined ? chooseByStrays(decider, options.data) : undefined
    return { ...calibrated, report: report(scope ?? { default: threshold }, calibrated) }
  }
  const ownThresholds = new Map(routeSet.routes.map((route) => [route.name, route.threshold]))
  const act = (rows: readonly LabelledText[]): ActedRow[] =>
    rows.map(({ text, route }) => {
      const { candidates, confidence, reason } = decider.decide(text, { topK: 1 })
      const best = candidates[0]?.route
      const own = best === undefined ? undefined : ownThresholds.get(best)
      return {
        // A route with a threshold of its own is acted on by that one, whatever is chosen for the set.
        confidence: own === undefined || confidence >= own ? confidence : 0,
        right: best === route,
        always: reason === 'rule' || (own !== undefined && confidence >= own),
      }
    })
  const { threshold: chosen, ...guarantee } = guaranteedThreshold(
    act(calibrating),
    act(testing),
    maxErrorRate,
    delta,
  )
  return { ...calibrated, report: report({ default: chosen, guarantee }, calibrated) }
}

/** With labelled strays a set without a threshold of its own gets the one that decides most of them rightly. */
function chooseByStrays(
  decider: Decider,
  data: readonly LabelledText[],
): FitReport['thresholds'] | undefined {
  const chosen = scopeThreshold(
    data.map(({ text, route }) => {
      const { candidates, confidence } = decider.decide(text, { topK: 1 })
      return { confidence, isInScope: route !== null, isRight: candidates[0]?.route === route }
    }),
  )
  if (!chosen) return undefined
  const { threshold, ...scope } = chosen
  return { default: threshold, scope }
}

function checkRate(name: string, rate: number | undefined): void {
  if (rate !== undefined && !(rate > 0 && rate < 1)) {
    const share = percentAsShare(rate)
    throw new StrataError(
      'invalid_request',
      `Expected ${name} to be a number above 0 and below 1, got ${String(rate)}${share === undefined ? '.' : `; did you mean ${share}?`}`,
    )
  }
}

/** Two halves of the data, at random by a fixed seed. */
function split(data: readonly LabelledText[]): [LabelledText[], LabelledText[]] {
  const order = shuffle(Int32Array.from(data.keys()), seededRandom(SPLIT_SEED))
  const half = Math.floor(data.length / 2)
  const pick = (places: Int32Array) => Array.from(places, (place) => data[place]!)
  return [pick(order.subarray(0, half)), pick(order.subarray(half))]
}

/** Bytes of the arrays of a snapshot, which is most of its size in memory and on disk. */
function sizeOf(snapshot: Omit<SnapshotData, 'report'>): number {
  const { vocabulary, head, postings, examples } = snapshot
  return [
    vocabulary.hashes,
    vocabulary.inverseFrequencies,
    head.values,
    head.scales,
    postings.offsets,
    postings.routes,
    postings.weights,
    postings.shared,
    examples.offsets,
    examples.vectors.values,
    examples.vectors.scales,
  ].reduce((sum, array) => sum + array.byteLength, 0)
}
