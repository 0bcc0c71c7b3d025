import { seededRandom, shuffle } from '../../util/random.ts'
import { NEAR_EXAMPLES, NearestMean, nearnessOf, TopRoutes } from '../evidence.ts'
import type { FeaturisedTexts } from '../features/training-rows.ts'
import type { SoftmaxRegression } from '../heads/softmax-regression.ts'
import { isShown, type TrainingText } from '../training-texts.ts'
import { type HeldOutScores, logSumExp } from './calibration.ts'
import { cosine } from './cohesion.ts'

const FOLDS = 5
const FOLD_SEED = 20_011
// Starting from the whole solution, few passes suffice to forget the rows withdrawn.
const FOLD_EPOCHS = 3

/** What a model that never saw an example makes of it, for every example that could be held out. */
export interface HeldOutEvidence extends HeldOutScores {
  /** Places of the examples among the training texts. */
  readonly rows: readonly number[]
  readonly energies: readonly number[]
  readonly nearnesses: readonly number[]
  /** Share whose best route is right; null when nothing could be held out. */
  readonly accuracy: number | null
}

/** The rows of `texts` that are examples of each route. */
export function exampleRows(texts: readonly TrainingText[], routes: number): number[][] {
  const rows: number[][] = Array.from({ length: routes }, () => [])
  texts.forEach((text, row) => {
    if (isShown(text)) rows[text.route]!.push(row)
  })
  return rows
}

/**
 * The fold of each row, or -1 for rows that are always trained on: hints, background texts, and the only example
 * of a route. The examples of a route are spread over the folds as evenly as they go, by a seeded shuffle.
 */
function assignFolds(texts: readonly TrainingText[], routes: number): Int8Array {
  const folds = new Int8Array(texts.length).fill(-1)
  const random = seededRandom(FOLD_SEED)
  exampleRows(texts, routes).forEach((examples, route) => {
    const rows = examples.filter((row) => texts[row]!.kind === 'example')
    if (rows.length < 2) return
    shuffle(rows, random).forEach((row, place) => {
      folds[row] = (place + route) % FOLDS
    })
  })
  return folds
}

/** Holds out each fold in turn and scores it; leaves the regression as it was. */
export function crossValidate(
  texts: readonly TrainingText[],
  { rows, vocabulary }: FeaturisedTexts,
  regression: SoftmaxRegression,
  cohesion: Float32Array,
  onFold: (fold: number, of: number) => void,
): HeldOutEvidence {
  const routes = cohesion.length
  const folds = assignFolds(texts, routes)
  const examplesOf = exampleRows(texts, routes)
  const held = [...folds.keys()].filter((row) => folds[row]! >= 0)
  const scores = new Float32Array(held.length * rows.classes)
  const labels = new Int32Array(held.length)
  const energies: number[] = []
  const nearnesses: number[] = []
  const order: number[] = []
  let right = 0
  let count = 0
  const top = new TopRoutes(Int32Array.from({ length: routes }, (_, route) => route))
  const nearest = new NearestMean()
  const rowScores = new Float64Array(rows.classes)
  const onlyHere = featuresOfOneText(rows, vocabulary.size)
  const whole = held.length > 0 ? regression.save() : null
  for (let fold = 0; fold < FOLDS && whole; fold++) {
    const members = held.filter((row) => folds[row] === fold)
    if (members.length === 0) continue
    regression.withdraw(Int32Array.from(members))
    const rest = Int32Array.from([...folds.keys()].filter((row) => folds[row] !== fold))
    regression.train(rest, { seed: FOLD_SEED + fold, maxEpochs: FOLD_EPOCHS, tolerance: 0.002 })
    for (const row of members) {
      rowScores.set(regression.scoreRowWithout(row, onlyHere))
      top.fill(rowScores, routes)
      nearest.clear()
      let seen = 0
      for (let place = 0; place < top.count && seen < NEAR_EXAMPLES; place++) {
        for (const example of examplesOf[top.routes[place]!]!) {
          if (folds[example] !== fold) nearest.see(cosine(rows.dense, rows.dims, row, example))
        }
        seen += examplesOf[top.routes[place]!]!.length
      }
      scores.set(rowScores, count * rows.classes)
      labels[count++] = rows.labels[row]!
      order.push(row)
      energies.push(logSumExp(rowScores, routes))
      nearnesses.push(nearnessOf(nearest.mean, cohesion[top.routes[0]!]!))
      if (top.routes[0] === rows.labels[row]) right++
    }
    regression.restore(whole)
    onFold(fold + 1, FOLDS)
  }
  return {
    count,
    classes: rows.classes,
    scores,
    labels,
    rows: order,
    energies,
    nearnesses,
    accuracy: count === 0 ? null : right / count,
  }
}

/** Marks the features that occur in a single text: to a held-out text they would be unknown. */
function featuresOfOneText(rows: FeaturisedTexts['rows'], size: number): Uint8Array {
  const seenIn = new Int32Array(size).fill(-1)
  const onlyHere = new Uint8Array(size).fill(1)
  for (let row = 0; row < rows.count; row++) {
    for (let j = rows.offsets[row]!; j < rows.offsets[row + 1]!; j++) {
      const id = rows.ids[j]!
      if (seenIn[id]! >= 0 && seenIn[id] !== row) onlyHere[id] = 0
      seenIn[id] = row
    }
  }
  return onlyHere
}
