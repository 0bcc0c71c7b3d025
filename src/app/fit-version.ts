import type { Encoder, Evaluation, FitInputs, LabelledText, RouteSet } from '../contracts/index.ts'
import { type FitOptions, Router } from '../core/index.ts'
import { isStrataError } from '../errors/index.ts'
import { seededRandom, shuffle } from '../util/random.ts'
import { labelledRows } from './labelled-rows.ts'

/** What there is to fit. */
export interface FitWork {
  readonly routeSet: RouteSet
  readonly inputs?: FitInputs
  /** True where somebody asked for this fit and waits for it: with an evaluation, and `not_enough_data` is an error. */
  readonly isCandidate?: boolean
}

const HELD_OUT_SHARE = 0.2
const HELD_OUT_SEED = 17
/** With fewer labelled rows than this, a fifth of them says nothing. */
const LEAST_ROWS_TO_HOLD_OUT = 25
/** What is stored of the lists of an evaluation. */
const MISSES_KEPT = 100
const CONFUSIONS_KEPT = 50

/**
 * Fits a version: the same work gives the same snapshot, on every machine. Where an edit has left too little data to
 * promise the error rate, the version is fitted without the promise, which its report then does not name.
 * @throws StrataError `invalid_rule`; for a candidate also `not_enough_data` and `invalid_data`
 */
export function fitVersion({ routeSet, inputs, isCandidate = false }: FitWork, encoder: Encoder): Router {
  if (inputs === undefined) return Router.compile(routeSet, encoder)
  const { maxErrorRate } = inputs
  const data = rowsFor(routeSet, labelledRows(inputs))
  const wanted: FitOptions = {
    ...(data.length === 0 ? {} : { data }),
    ...(maxErrorRate === undefined ? {} : { maxErrorRate }),
  }
  if (isCandidate) return Router.compile(routeSet, encoder, wanted)
  return (
    unlessTooLittleData(() => Router.compile(routeSet, encoder, wanted)) ??
    unlessTooLittleData(() => Router.compile(routeSet, encoder, data.length === 0 ? {} : { data })) ??
    // The set itself names an error rate, which counts wherever there is labelled data.
    Router.compile(routeSet, encoder)
  )
}

/**
 * Scores a version on a fifth of its labelled rows, chosen by a fixed seed, after a fit with the others; null where there
 * are too few rows.
 */
export function evaluateVersion({ routeSet, inputs }: FitWork, encoder: Encoder): Evaluation | null {
  const data = rowsFor(routeSet, labelledRows(inputs))
  if (data.length < LEAST_ROWS_TO_HOLD_OUT) return null
  const order = Array.from(shuffle(Int32Array.from(data.keys()), seededRandom(HELD_OUT_SEED)))
  const rows = order.map((place) => data[place] as LabelledText)
  const heldOut = Math.round(rows.length * HELD_OUT_SHARE)
  const fitted: FitInputs = {
    data: rows.slice(heldOut),
    ...(inputs?.maxErrorRate === undefined ? {} : { maxErrorRate: inputs.maxErrorRate }),
  }
  const router = fitVersion({ routeSet, inputs: fitted }, encoder)
  const evaluation = router.evaluate(rows.slice(0, heldOut))
  return {
    ...evaluation,
    misses: evaluation.misses.slice(0, MISSES_KEPT),
    confusions: evaluation.confusions.slice(0, CONFUSIONS_KEPT),
  }
}

/** The rows that say something about this set. */
function rowsFor({ routes }: RouteSet, data: readonly LabelledText[]): readonly LabelledText[] {
  const names = new Set(routes.map(({ name }) => name))
  return data.filter(({ route }) => route === null || names.has(route))
}

function unlessTooLittleData(compile: () => Router): Router | undefined {
  try {
    return compile()
  } catch (error) {
    if (isStrataError(error) && error.code === 'not_enough_data') return undefined
    throw error
  }
}
