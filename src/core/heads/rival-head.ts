import { log } from '../../util/exact-math.ts'
import { seededRandom, shuffle } from '../../util/random.ts'
import { cosine } from '../calibration/cohesion.ts'
import { exampleRows, type HeldOutEvidence } from '../calibration/cross-validation.ts'
import { NEAR_EXAMPLES, NearestMean, nearnessOf, TopRoutes } from '../evidence.ts'
import type { Postings } from '../lexical/postings.ts'
import { type QuantisedRows, quantiseRows } from '../vectors/quantised-rows.ts'
import { chooseSupports } from './class-supports.ts'
import { COST, FIT_SEED, type FittedHead, type HeadInput } from './fitted-head.ts'
import { LinearScorer } from './linear-scorer.ts'
import { MOST_RIVALS, RivalSoftmax } from './rival-softmax.ts'
import type { TrainingRows } from './softmax-regression.ts'

// Entries of all supports together, and the sparse features of one class: 512 up to 2,900 classes, 150 at 10,000. At 64
// to 150 routes 512 give the accuracy of all features of a class's rows, 256 lose 0.2 points, 128 lose 0.7.
const SUPPORT_ENTRIES = 1_500_000
const MOST_SUPPORT = 512
const EPOCHS = 2
const FINAL_EPOCHS = 2
const SEARCH_PASSES = 5
const REPORT_PASSES = 4000
const MOST_HELD = 1000
// Scores of held-out rows kept for the calibration, all classes of a row: 8 MB.
const MOST_HELD_SCORES = 2_000_000
const HELD_SEED = 20_021
/** What the other classes of a row come to when there are none. */
const NOBODY_ELSE = -1e4

/**
 * Fits a head for a set too large for the full fit: see `RivalSoftmax`. Rivals are searched among all classes once,
 * at the cost of a query a row; a second search gained nothing. Calibration learns from about 1,000 held-out examples
 * (200 where there are 10,000 classes), which the head that is returned has then seen too.
 */
export function fitRivalHead({ texts, featurised, cohesion, onProgress }: HeadInput): FittedHead {
  const { rows } = featurised
  const examplesOf = exampleRows(texts, cohesion.length)
  const held = chooseHeldOut(examplesOf, rows.classes)
  const isHeld = new Uint8Array(rows.count)
  for (const row of held) isHeld[row] = 1
  const all = Int32Array.from({ length: rows.count }, (_, row) => row)
  const rest = all.filter((row) => !isHeld[row])
  // Searching for the rivals of a row costs about as much as five passes over it.
  const total =
    rest.length * (2 * EPOCHS + SEARCH_PASSES) +
    (held.length + rows.classes) * SEARCH_PASSES +
    all.length * FINAL_EPOCHS
  onProgress({ stage: 'fit', done: 0, total })
  const regression = new RivalSoftmax(
    rows,
    COST,
    chooseSupports(rows, Math.min(MOST_SUPPORT, Math.ceil(SUPPORT_ENTRIES / rows.classes))),
  )
  let done = 0
  const advance = (passes: number) => {
    done += passes
    // Some ten times a second.
    if (done % REPORT_PASSES < passes) onProgress({ stage: 'fit', done, total })
  }
  const onRow = () => advance(1)
  const onSearch = () => advance(SEARCH_PASSES)
  meetNeighbours(regression, onSearch)
  regression.train(rest, { seed: FIT_SEED, epochs: EPOCHS, onRow })
  findRivals(regression, rest, onSearch)
  regression.train(rest, { seed: FIT_SEED + 1, epochs: EPOCHS, onRow })
  const evidence = scoreHeldOut(regression, held, isHeld, examplesOf, cohesion)
  findRivals(regression, held, onSearch)
  regression.train(all, { seed: FIT_SEED + 2, epochs: FINAL_EPOCHS, onRow })
  onProgress({ stage: 'fit', done: total, total })
  return { head: quantiseRows(regression.dense, rows.dims), postings: regression.postings(), held: evidence }
}

/** Some examples of as many routes as possible, at most a fifth of a route's but one at least, by a fixed seed. */
function chooseHeldOut(examplesOf: readonly (readonly number[])[], classes: number): Int32Array {
  const random = seededRandom(HELD_SEED)
  const most = Math.min(MOST_HELD, Math.floor(MOST_HELD_SCORES / classes))
  const eligible = Int32Array.from([...examplesOf.keys()].filter((route) => examplesOf[route]!.length > 1))
  const perRoute = Math.max(1, Math.floor(most / eligible.length))
  const held: number[] = []
  for (const route of shuffle(eligible, random)) {
    const rows = shuffle(Int32Array.from(examplesOf[route]!), random)
    const count = Math.max(1, Math.min(perRoute, Math.floor(rows.length / 5)))
    held.push(...rows.subarray(0, Math.min(count, most - held.length)))
  }
  return Int32Array.from(held)
}

/** Sets out with the classes whose means are nearest to the mean of a row's class as its rivals. */
function meetNeighbours(regression: RivalSoftmax, onClass: () => void): void {
  const { rows } = regression
  const means = classMeans(rows)
  const scorer = new LinearScorer(quantiseRows(means, rows.dims), NO_POSTINGS)
  const rivals: number[][] = []
  for (let k = 0; k < rows.classes; k++) {
    scorer.scoreVector(means.subarray(k * rows.dims, (k + 1) * rows.dims))
    rivals.push(bestClasses(scorer.scores, k, []))
    onClass()
  }
  for (let row = 0; row < rows.count; row++) {
    const own = rivals[rows.labels[row]!]!
    const others = rows.classes - 1 - own.length
    // All weights are 0 at first, and so are all scores.
    regression.setRivals(row, own, others > 0 ? log(others) : NOBODY_ELSE)
  }
}

const NO_POSTINGS: Postings = {
  offsets: new Int32Array(1),
  routes: new Int32Array(0),
  weights: new Float32Array(0),
  shared: new Float32Array(0),
}

/** The mean direction of each class, of unit length. */
function classMeans(rows: TrainingRows): Float32Array {
  const { dims } = rows
  const means = new Float32Array(rows.classes * dims)
  for (let row = 0; row < rows.count; row++) {
    const to = rows.labels[row]! * dims
    for (let d = 0; d < dims; d++) means[to + d] = means[to + d]! + rows.dense[row * dims + d]!
  }
  for (let k = 0; k < rows.classes; k++) {
    let squares = 0
    for (let d = k * dims; d < (k + 1) * dims; d++) squares += means[d]! ** 2
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
    for (let d = k * dims; d < (k + 1) * dims; d++) means[d] = means[d]! * scale
  }
  return means
}

/** Gives each row the classes that now come nearest to it as rivals, beside those it must keep. */
function findRivals(regression: RivalSoftmax, members: Int32Array, onRow: () => void): void {
  const { rows } = regression
  const scorer = new LinearScorer(quantiseRows(regression.dense, rows.dims), regression.postings())
  for (const row of members) {
    scorer.scoreVector(rows.dense.subarray(row * rows.dims, (row + 1) * rows.dims))
    scorer.addSparse(rows.ids, rows.values, rows.offsets[row]!, rows.offsets[row + 1]!)
    const own = rows.labels[row]!
    const rivals = bestClasses(scorer.scores, own, regression.keptRivals(row))
    scorer.scores[own] = Number.NEGATIVE_INFINITY
    for (const rival of rivals) scorer.scores[rival] = Number.NEGATIVE_INFINITY
    const others = rows.classes - 1 - rivals.length
    regression.setRivals(row, rivals, others > 0 ? scorer.logSumExp(rows.classes) : NOBODY_ELSE)
    onRow()
  }
}

/** `kept`, then the classes with the highest scores that are neither in it nor `own`, best first; 14 in all. */
function bestClasses(scores: Float64Array, own: number, kept: readonly number[]): number[] {
  const places = MOST_RIVALS - kept.length
  const found: number[] = []
  let least = Number.NEGATIVE_INFINITY
  for (let k = 0; k < scores.length; k++) {
    const score = scores[k]!
    if (found.length === places && score <= least) continue
    if (k === own || kept.includes(k)) continue
    let place = found.length < places ? found.length : places - 1
    while (place > 0 && score > scores[found[place - 1]!]!) {
      found[place] = found[place - 1]!
      place--
    }
    found[place] = k
    least = scores[found.at(-1)!]!
  }
  return [...kept, ...found]
}

/** What the head makes of rows that it has not seen. */
function scoreHeldOut(
  regression: RivalSoftmax,
  held: Int32Array,
  isHeld: Uint8Array,
  examplesOf: readonly (readonly number[])[],
  cohesion: Float32Array,
): HeldOutEvidence {
  const { rows } = regression
  const routes = cohesion.length
  const head: QuantisedRows = quantiseRows(regression.dense, rows.dims)
  const scorer = new LinearScorer(head, regression.postings())
  const top = new TopRoutes(Int32Array.from({ length: routes }, (_, route) => route))
  const nearest = new NearestMean()
  const onlyHere = featuresOfOneRow(rows)
  const scores = new Float32Array(held.length * rows.classes)
  const energies: number[] = []
  const nearnesses: number[] = []
  let right = 0
  held.forEach((row, place) => {
    scorer.scoreVector(rows.dense.subarray(row * rows.dims, (row + 1) * rows.dims))
    const { ids, values } = sparseWithout(rows, row, onlyHere)
    scorer.addSparse(ids, values, 0, ids.length)
    scores.set(scorer.scores, place * rows.classes)
    energies.push(scorer.logSumExp(routes))
    top.fill(scorer.scores, routes)
    nearest.clear()
    let seen = 0
    for (let i = 0; i < top.count && seen < NEAR_EXAMPLES; i++) {
      const examples = examplesOf[top.routes[i]!]!
      for (const example of examples) {
        if (!isHeld[example]) nearest.see(cosine(rows.dense, rows.dims, row, example))
      }
      seen += examples.length
    }
    nearnesses.push(nearnessOf(nearest.mean, cohesion[top.routes[0]!]!))
    if (top.routes[0] === rows.labels[row]) right++
  })
  return {
    count: held.length,
    classes: rows.classes,
    scores,
    rows: Array.from(held),
    labels: Int32Array.from(held, (row) => rows.labels[row]!),
    energies,
    nearnesses,
    accuracy: held.length === 0 ? null : right / held.length,
  }
}

/** Marks the features that occur in a single row: to a query they would be unknown. */
function featuresOfOneRow(rows: TrainingRows): Uint8Array {
  const seenIn = new Int32Array(rows.sparseSize).fill(-1)
  const onlyHere = new Uint8Array(rows.sparseSize).fill(1)
  for (let row = 0; row < rows.count; row++) {
    for (let j = rows.offsets[row]!; j < rows.offsets[row + 1]!; j++) {
      const id = rows.ids[j]!
      if (seenIn[id]! >= 0 && seenIn[id] !== row) onlyHere[id] = 0
      seenIn[id] = row
    }
  }
  return onlyHere
}

/** The sparse part of a row without the features marked, at its former length. */
function sparseWithout(
  rows: TrainingRows,
  row: number,
  leftOut: Uint8Array,
): { ids: Int32Array; values: Float32Array } {
  const { ids, values, offsets } = rows
  const kept: number[] = []
  let before = 0
  let after = 0
  for (let j = offsets[row]!; j < offsets[row + 1]!; j++) {
    before += values[j]! ** 2
    if (leftOut[ids[j]!]) continue
    after += values[j]! ** 2
    kept.push(j)
  }
  const stretch = after > 0 ? Math.sqrt(before / after) : 0
  return {
    ids: Int32Array.from(kept, (j) => ids[j]!),
    values: Float32Array.from(kept, (j) => values[j]! * stretch),
  }
}
