import { crossValidate } from '../calibration/cross-validation.ts'
import { postingsFromWeights } from '../lexical/postings.ts'
import { quantiseRows } from '../vectors/quantised-rows.ts'
import { COST, FIT_SEED, type FittedHead, type HeadInput } from './fitted-head.ts'
import { SoftmaxRegression, type TrainingRows } from './softmax-regression.ts'

const MAX_EPOCHS = 12
const TOLERANCE = 0.002
const LEAST_POSTING = 0.02

// Rows times classes between two reports of progress: about a tenth of a second.
const REPORT_STEPS = 400_000

/** Fits every class against every other, and again for each fold of a cross-validation. */
export function fitFullHead({ texts, featurised, cohesion, onProgress }: HeadInput): FittedHead {
  const { rows } = featurised
  let progress = { stage: 'fit', done: 0, total: MAX_EPOCHS }
  const report = (next: typeof progress) => {
    progress = next
    onProgress(progress)
  }
  const reportRows = Math.max(1, Math.round(REPORT_STEPS / rows.classes))
  let steps = 0
  // A pass over a large set takes seconds: whoever waits hears that it goes on.
  const onStep = () => {
    if (++steps % reportRows === 0) onProgress(progress)
  }
  const regression = new SoftmaxRegression(rows, COST, { onStep })
  regression.train(
    Int32Array.from({ length: rows.count }, (_, row) => row),
    {
      seed: FIT_SEED,
      maxEpochs: MAX_EPOCHS,
      tolerance: TOLERANCE,
      onEpoch: (done) => report({ stage: 'fit', done, total: MAX_EPOCHS }),
    },
  )
  report({ stage: 'calibrate', done: 0, total: 1 })
  const held = crossValidate(texts, featurised, regression, cohesion, (done, total) =>
    report({ stage: 'calibrate', done, total }),
  )
  return {
    head: quantiseRows(denseWeights(regression, rows), rows.dims),
    postings: postingsFromWeights(regression.weights, {
      skip: rows.dims,
      features: rows.sparseSize,
      classes: rows.classes,
      stride: regression.stride,
      least: LEAST_POSTING,
    }),
    held,
  }
}

/** The dense part of the weights, one row a class. */
function denseWeights(regression: SoftmaxRegression, { dims, classes }: TrainingRows): Float32Array {
  const out = new Float32Array(classes * dims)
  for (let d = 0; d < dims; d++) {
    for (let k = 0; k < classes; k++) out[k * dims + d] = regression.weights[d * regression.stride + k]!
  }
  return out
}
