import type { Encoder, FitProgress, RouteSet } from '../contracts/index.ts'
import { exp } from '../util/exact-math.ts'
import {
  type Calibration,
  familiarity,
  fitFrontier,
  fitSharpness,
  fitSpread,
  logSumExp,
} from './calibration/calibration.ts'
import { routeCohesion } from './calibration/cohesion.ts'
import { crossValidate, exampleRows, type HeldOutEvidence } from './calibration/cross-validation.ts'
import { type PriorCalibration, priorCalibration } from './calibration/prior-calibration.ts'
import { calibrationError } from './evaluation/calibration-error.ts'
import { lexicalScaleFor } from './features/query-features.ts'
import { featuriseTexts } from './features/training-rows.ts'
import { SoftmaxRegression } from './heads/softmax-regression.ts'
import { postingsFromWeights } from './lexical/postings.ts'
import type { SnapshotData } from './snapshot-data.ts'
import { collectTrainingTexts } from './training-texts.ts'
import { quantiseRows } from './vectors/quantised-rows.ts'

// Inverse strength of the L2 penalty. Accuracy is flat around it (10 and 60 differ by less than 0.2 points).
const COST = 30
const FIT_SEED = 1
const MAX_EPOCHS = 12
const TOLERANCE = 0.002
const LEAST_POSTING = 0.02
// Without out-of-scope labels the line is drawn where few queries that belong lie beyond it, and drawn steeply, so that
// the confidence of the others is left alone. Both chosen on CLINC150 validation data and HWU64 training data.
const FRONTIER_SHARE = 0.015
const SCOPE_SLOPE = 2
const FRONTIER_PRIOR_ROWS = 200
// Rows by which the calibration measured on a set is pulled towards the one measured on many sets.
const PRIOR_ROWS = 30

/** Compiles a checked route set: features, head, calibration. Deterministic; the slow step of a fit. */
export function compileRoutes(
  routeSet: RouteSet,
  encoder: Encoder,
  onProgress: FitProgress = () => {},
): Omit<SnapshotData, 'report'> & { accuracyCv: number | null; eceCv: number | null } {
  const routes = routeSet.routes.length
  const texts = collectTrainingTexts(routeSet)
  const examples = texts.filter((text) => text.isExample && text.route >= 0)
  const perRoute = routes === 0 ? 0 : examples.length / routes
  const lexicalScale = lexicalScaleFor(perRoute)
  onProgress({ stage: 'encode', done: 0, total: texts.length })
  const featurised = featuriseTexts(texts, routes, encoder, lexicalScale)
  const { rows, vocabulary } = featurised
  const regression = new SoftmaxRegression(rows, COST)
  regression.train(
    Int32Array.from({ length: rows.count }, (_, row) => row),
    {
      seed: FIT_SEED,
      maxEpochs: MAX_EPOCHS,
      tolerance: TOLERANCE,
      onEpoch: (epoch) => onProgress({ stage: 'fit', done: epoch, total: MAX_EPOCHS }),
    },
  )
  const cohesion = routeCohesion(rows.dense, rows.dims, exampleRows(texts, routes))
  const held = crossValidate(texts, featurised, regression, cohesion, (fold, of) =>
    onProgress({ stage: 'calibrate', done: fold, total: of }),
  )
  const calibration = calibrate(held, priorCalibration(routes, perRoute))
  return {
    encoder: { name: encoder.name, fingerprint: encoder.fingerprint, dimensions: encoder.dimensions },
    routeSet,
    lexicalScale,
    vocabulary: { hashes: vocabulary.hashes, inverseFrequencies: vocabulary.inverseFrequencies },
    head: quantiseRows(transpose(regression, rows.dims, rows.classes), rows.dims),
    postings: postingsFromWeights(regression.weights, {
      skip: rows.dims,
      features: rows.sparseSize,
      classes: rows.classes,
      stride: regression.stride,
      least: LEAST_POSTING,
    }),
    examples: exampleVectors(texts, rows.dense, rows.dims, routes),
    cohesion,
    calibration,
    accuracyCv: held.accuracy,
    eceCv: heldOutError(held, calibration.sharpness),
  }
}

function calibrate(held: HeldOutEvidence, prior: PriorCalibration): Calibration {
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
  return { sharpness, ...spreads, scope: { intercept: -SCOPE_SLOPE * frontier, slope: SCOPE_SLOPE } }
}

/** Expected calibration error of the held-out examples at the sharpness that was fitted. */
function heldOutError(held: HeldOutEvidence, sharpness: number): number | null {
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
  return calibrationError(outcomes)
}

/** The dense part of the weights, one row a class. */
function transpose(regression: SoftmaxRegression, dims: number, classes: number): Float32Array {
  const out = new Float32Array(classes * dims)
  for (let d = 0; d < dims; d++) {
    for (let k = 0; k < classes; k++) out[k * dims + d] = regression.weights[d * regression.stride + k]!
  }
  return out
}

function exampleVectors(
  texts: readonly { route: number; isExample: boolean }[],
  dense: Float32Array,
  dims: number,
  routes: number,
): SnapshotData['examples'] {
  const offsets = new Int32Array(routes + 1)
  const kept: number[] = []
  texts.forEach((text, row) => {
    if (!text.isExample || text.route < 0) return
    kept.push(row)
    offsets[text.route + 1] = kept.length
  })
  for (let r = 1; r <= routes; r++) offsets[r] = Math.max(offsets[r]!, offsets[r - 1]!)
  const vectors = new Float32Array(kept.length * dims)
  kept.forEach((row, place) => {
    vectors.set(dense.subarray(row * dims, (row + 1) * dims), place * dims)
  })
  return { offsets, vectors: quantiseRows(vectors, dims) }
}
