import type { Encoder, FitProgress, FitReport, RouteSet } from '../contracts/index.ts'
import { exp } from '../util/exact-math.ts'
import {
  type Calibration,
  FRONTIER_SHARE,
  familiarity,
  fitFrontier,
  fitSharpness,
  fitSpread,
  logSumExp,
  scopeLine,
} from './calibration/calibration.ts'
import { routeCohesion } from './calibration/cohesion.ts'
import { exampleRows, type HeldOutEvidence } from './calibration/cross-validation.ts'
import { type PriorCalibration, priorCalibration } from './calibration/prior-calibration.ts'
import { calibrationError, calibrationErrorByChance, steadyDraws } from './evaluation/calibration-error.ts'
import { lexicalScaleFor } from './features/query-features.ts'
import { featuriseTexts } from './features/training-rows.ts'
import { fitFullHead } from './heads/full-head.ts'
import { fitRivalHead } from './heads/rival-head.ts'
import type { TrainingRows } from './heads/softmax-regression.ts'
import type { SnapshotData } from './snapshot-data.ts'
import { collectTrainingTexts, isShown, type TrainingText } from './training-texts.ts'
import { quantiseRows } from './vectors/quantised-rows.ts'

// The full fit steps through rows * features * classes weights a pass, about twenty passes in all, and holds features *
// classes weights twice. Above either bound the fit against rivals takes over, whose accuracy is within a point and
// which needs a tenth of the time: 150 routes x 100 examples reach 0.8e9 steps, 450 x 10 the bound (docs/speed.md).
const MOST_FULL_STEPS = 1e9
const MOST_FULL_WEIGHTS = 60e6
const FRONTIER_PRIOR_ROWS = 200
// Rows by which the calibration measured on a set is pulled towards the one measured on many sets.
const PRIOR_ROWS = 30
const CHANCE_SEED = 1

export type WatchHeldOut = (held: HeldOutEvidence, calibration: Calibration) => void

/** Compiles a checked route set: features, head, calibration. Deterministic; the slow step of a fit. */
export function compileRoutes(
  routeSet: RouteSet,
  encoder: Encoder,
  onProgress: FitProgress = () => {},
  onHeldOut: WatchHeldOut = () => {},
): Omit<SnapshotData, 'report'> & Pick<FitReport, 'accuracyCv' | 'eceCv' | 'eceCvByChance'> {
  const routes = routeSet.routes.length
  const texts = collectTrainingTexts(routeSet)
  const examples = texts.filter(isShown)
  const perRoute = routes === 0 ? 0 : examples.length / routes
  const lexicalScale = lexicalScaleFor(perRoute)
  const featurised = featuriseTexts(texts, routes, encoder, lexicalScale, (done) =>
    onProgress({ stage: 'encode', done, total: 2 * texts.length }),
  )
  const { rows, vocabulary } = featurised
  const cohesion = routeCohesion(rows.dense, rows.dims, exampleRows(texts, routes))
  const fitHead = isFullFitAffordable(rows) ? fitFullHead : fitRivalHead
  const { head, postings, held } = fitHead({ texts, featurised, cohesion, onProgress })
  onProgress({ stage: 'calibrate', done: 0, total: 1 })
  const calibration = calibrate(held, priorCalibration(routes, perRoute), routes)
  onHeldOut(held, calibration)
  return {
    encoder: { name: encoder.name, fingerprint: encoder.fingerprint, dimensions: encoder.dimensions },
    routeSet,
    lexicalScale,
    vocabulary: { hashes: vocabulary.hashes, inverseFrequencies: vocabulary.inverseFrequencies },
    head,
    postings,
    examples: exampleVectors(texts, rows.dense, rows.dims, routes),
    cohesion,
    calibration,
    accuracyCv: held.accuracy,
    ...heldOutErrors(held, calibration.sharpness),
  }
}

function isFullFitAffordable({ count, dims, sparseSize, classes, ids }: TrainingRows): boolean {
  const steps = (count * dims + ids.length) * classes
  return steps <= MOST_FULL_STEPS && (dims + sparseSize) * classes <= MOST_FULL_WEIGHTS
}

function calibrate(held: HeldOutEvidence, prior: PriorCalibration, routes: number): Calibration {
  const sharpness = fitSharpness(held, prior.sharpness, PRIOR_ROWS)
  const energy = fitSpread(held.energies, prior.energy, PRIOR_ROWS)
  const nearness = fitSpread(held.nearnesses, prior.nearness, PRIOR_ROWS)
  const spreads = { energy, nearness }
  const scores = new Float64Array(held.classes)
  const familiarities = held.energies.map((value, row) => {
    let best = Number.NEGATIVE_INFINITY
    for (let k = 0; k < held.classes; k++) {
      scores[k] = held.scores[row * held.classes + k]!
      best = Math.max(best, scores[k]!)
    }
    const share = exp(best * sharpness - logSumExp(scores, held.classes, sharpness))
    return familiarity(value, held.nearnesses[row]!, share, spreads)
  })
  const frontier = fitFrontier(familiarities, FRONTIER_SHARE, prior.frontier, FRONTIER_PRIOR_ROWS)
  return { sharpness, ...spreads, scope: scopeLine(frontier, routes) }
}

/** Expected calibration error of the held-out examples at the sharpness that was fitted, and what chance gives. */
function heldOutErrors(held: HeldOutEvidence, sharpness: number): Pick<FitReport, 'eceCv' | 'eceCvByChance'> {
  const scores = new Float64Array(held.classes)
  const outcomes = Array.from({ length: held.count }, (_, row) => {
    let best = 0
    for (let k = 0; k < held.classes; k++) {
      scores[k] = held.scores[row * held.classes + k]!
      if (scores[k]! > scores[best]!) best = k
    }
    const confidence = exp(scores[best]! * sharpness - logSumExp(scores, held.classes, sharpness))
    return { confidence, isRight: best === held.labels[row] }
  })
  return {
    eceCv: calibrationError(outcomes),
    eceCvByChance: calibrationErrorByChance(
      outcomes.map(({ confidence }) => confidence),
      CHANCE_SEED,
      steadyDraws(outcomes.length),
    ),
  }
}

function exampleVectors(
  texts: readonly TrainingText[],
  dense: Float32Array,
  dims: number,
  routes: number,
): SnapshotData['examples'] {
  const offsets = new Int32Array(routes + 1)
  const kept: number[] = []
  texts.forEach((text, row) => {
    if (!isShown(text)) return
    kept.push(row)
    offsets[text.route + 1] = kept.length
  })
  for (let r = 1; r <= routes; r++) offsets[r] = Math.max(offsets[r]!, offsets[r - 1]!)
  return { offsets, vectors: quantiseRows(dense, dims, kept) }
}
