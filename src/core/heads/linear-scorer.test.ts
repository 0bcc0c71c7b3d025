import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Postings, postingsFromWeights } from '../lexical/postings.ts'
import { type QuantisedRows, quantiseRows } from '../vectors/quantised-rows.ts'
import { heldBytesOf, LinearScorer } from './linear-scorer.ts'

const DIMS = 16
const CLASSES = 40
const FEW_CLASSES = 12
const FEATURES = 6

const number = fc.double({ min: -1, max: 1, noNaN: true })
const numbers = (length: number) => fc.array(number, { minLength: length, maxLength: length })
/** Some features matter to nearly all classes, some to few, some to none. */
const weightMatrix = fc
  .array(
    fc.tuple(
      fc.constantFrom(0, 2, CLASSES),
      fc.array(fc.double({ min: 0.1, max: 1, noNaN: true }), { minLength: CLASSES, maxLength: CLASSES }),
    ),
    { minLength: FEATURES, maxLength: FEATURES },
  )
  .map((features) =>
    Float32Array.from(features.flatMap(([filled, row]) => row.map((weight, k) => (k < filled ? weight : 0)))),
  )

const asPostings = (weights: Float32Array): Postings =>
  postingsFromWeights(weights, {
    skip: 0,
    features: FEATURES,
    classes: CLASSES,
    stride: CLASSES,
    least: 1e-9,
  })
const asHead = (values: readonly number[]): QuantisedRows => quantiseRows(Float32Array.from(values), DIMS)

test('a score is the dot product of the vector with the class plus what each sparse feature says', () => {
  fc.assert(
    fc.property(
      numbers(CLASSES * DIMS),
      weightMatrix,
      numbers(DIMS),
      fc.array(fc.tuple(fc.integer({ min: 0, max: FEATURES - 1 }), number), { maxLength: 12 }),
      (headValues, weights, direction, entries) => {
        const length = Math.hypot(...direction) || 1
        const vector = Float32Array.from(direction, (x) => x / length)
        const head = asHead(headValues)
        const scorer = new LinearScorer(head, asPostings(weights))
        scorer.scoreVector(vector)
        const ids = Int32Array.from(entries, ([id]) => id)
        const values = Float32Array.from(entries, ([, value]) => value)
        scorer.addSparse(ids, values, 0, entries.length)
        for (let k = 0; k < CLASSES; k++) {
          let wanted = 0
          for (let d = 0; d < DIMS; d++) wanted += vector[d]! * head.values[k * DIMS + d]! * head.scales[k]!
          entries.forEach((_, j) => {
            wanted += values[j]! * weights[ids[j]! * CLASSES + k]!
          })
          expect(scorer.scores[k]).toBeCloseTo(wanted, 3)
        }
        const exact = Math.log(scorer.scores.reduce((sum, score) => sum + Math.exp(2 * score), 0))
        expect(scorer.logSumExp(CLASSES, 2)).toBeCloseTo(exact, 5)
      },
    ),
  )
})

test('scores are the same bits with SIMD and without', () => {
  fc.assert(
    fc.property(numbers(CLASSES * DIMS), weightMatrix, numbers(DIMS), (headValues, weights, direction) => {
      const both = [true, false].map((simd) => {
        const scorer = new LinearScorer(asHead(headValues), asPostings(weights), { simd })
        scorer.scoreVector(Float32Array.from(direction, (x) => x / DIMS))
        scorer.addSparse(
          Int32Array.from({ length: FEATURES }, (_, id) => id),
          new Float32Array(FEATURES).fill(0.3),
          0,
          FEATURES,
        )
        return [...scorer.scores, scorer.logSumExp(CLASSES - 3), scorer.logSumExp(CLASSES)]
      })
      expect(both[0]).toEqual(both[1])
    }),
  )
})

test('few classes, whose lists are not rows, get the same bits as many', () => {
  const weight = fc.float({ min: Math.fround(-2), max: 2, noNaN: true })
  // One entry is short for either number of classes, eleven or more are long.
  const list = fc.oneof(
    fc.array(weight, { minLength: 1, maxLength: 1 }),
    fc.array(weight, { minLength: 11, maxLength: FEW_CLASSES }),
  )
  fc.assert(
    fc.property(
      fc.array(list, { minLength: FEATURES, maxLength: FEATURES }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: FEATURES - 1 }), number), { maxLength: 30 }),
      fc.constantFrom(1, 100),
      (lists, entries, times) => {
        const postings: Postings = {
          offsets: Int32Array.from([0, ...lists.map((_, i) => lists.slice(0, i + 1).flat().length)]),
          routes: Int32Array.from(lists.flatMap((weights) => [...weights.keys()])),
          weights: Float32Array.from(lists.flat()),
          shared: Float32Array.from({ length: FEATURES }, (_, i) => i / 7),
        }
        const repeated = new Array(times).fill(entries).flat()
        const scoresOf = (classes: number) => {
          const scorer = new LinearScorer(quantiseRows(new Float32Array(classes * DIMS), DIMS), postings)
          scorer.scoreVector(new Float32Array(DIMS))
          const ids = Int32Array.from(repeated, ([id]) => id)
          scorer.addSparse(
            ids,
            Float32Array.from(repeated, ([, value]) => value),
            0,
            ids.length,
          )
          return [...scorer.scores.subarray(0, FEW_CLASSES)]
        }
        expect(scoresOf(FEW_CLASSES)).toEqual(scoresOf(CLASSES))
      },
    ),
  )
})

test('words whose rows were laid say what their features say', () => {
  const entriesOfWord = fc.array(fc.tuple(fc.integer({ min: 0, max: FEATURES - 1 }), number), {
    maxLength: 9,
  })
  fc.assert(
    fc.property(
      weightMatrix.filter((weights) => weights.some((weight) => weight !== 0)),
      fc.array(entriesOfWord, { maxLength: 6 }),
      entriesOfWord,
      number,
      (weights, words, others, factor) => {
        // The shared part of each feature must be scaled, too.
        const postings = {
          ...asPostings(weights),
          shared: Float32Array.from({ length: FEATURES }, (_, i) => i / 7),
        }
        const scorer = new LinearScorer(asHead(new Array(CLASSES * DIMS).fill(0)), postings, {
          hasWords: true,
        })
        fc.pre(scorer.wordRows > 0)
        const idsOf = (entries: typeof others) => Int32Array.from(entries, ([id]) => id)
        const valuesOf = (entries: typeof others, by = 1) =>
          Float32Array.from(entries, ([, value]) => value * by)
        const places = Int32Array.from(words, (_, i) => scorer.wordRows - 1 - i)
        const shared = words.reduce(
          (sum, entries, i) => sum + scorer.layWordRow(places[i]!, idsOf(entries), valuesOf(entries)),
          0,
        )
        const scoresOf = (add: () => void) => {
          scorer.scoreVector(new Float32Array(DIMS))
          add()
          return [...scorer.scores]
        }
        const laid = scoresOf(() =>
          scorer.addSparse(idsOf(others), valuesOf(others), 0, others.length, {
            places,
            count: words.length,
            factor,
            shared,
          }),
        )
        const all = [
          ...others,
          ...words.flat().map(([id, value]) => [id, value * factor] as [number, number]),
        ]
        const direct = scoresOf(() => scorer.addSparse(idsOf(all), valuesOf(all), 0, all.length))
        laid.forEach((score, k) => {
          expect(score).toBeCloseTo(direct[k]!, 4)
        })
      },
    ),
  )
})

test('a scorer of few classes has no room for rows of words', () => {
  const postings = {
    offsets: new Int32Array(1),
    routes: new Int32Array(0),
    weights: new Float32Array(0),
    shared: new Float32Array(0),
  }
  const head = quantiseRows(new Float32Array(FEW_CLASSES * DIMS), DIMS)
  expect(new LinearScorer(head, postings, { hasWords: true }).wordRows).toBe(0)
})

test('a small scorer knows the vector that it scored last after others have been at work', () => {
  const postings: Postings = {
    offsets: new Int32Array(1),
    routes: new Int32Array(0),
    weights: new Float32Array(0),
    shared: new Float32Array(0),
  }
  const scorerOf = (rows: number) => {
    const valuesOf = (count: number) =>
      Float32Array.from({ length: count * DIMS }, (_, i) => Math.sin(i * rows))
    const own = quantiseRows(valuesOf(1), DIMS)
    const options = { spareBytes: heldBytesOf(own) + 8 + 16 }
    const scorer = new LinearScorer(quantiseRows(valuesOf(rows), DIMS), postings, options)
    const { at } = scorer.holdRows(own)
    return { scorer, at, out: scorer.space.allocate(8) }
  }
  const dotOf = ({ scorer, at, out }: ReturnType<typeof scorerOf>) => {
    scorer.scoreRows(at, 0, 1, out)
    return new Float64Array(scorer.space.kernels.buffer, out, 1)[0]
  }
  const first = scorerOf(5)
  first.scorer.scoreVector(Float32Array.from({ length: DIMS }, (_, d) => d / 40))
  const before = dotOf(first)
  for (let i = 0; i < 20; i++) {
    const other = scorerOf(9)
    other.scorer.scoreVector(new Float32Array(DIMS).fill(0.2))
    dotOf(other)
  }
  expect(before).not.toBe(0)
  expect(dotOf(first)).toBe(before)
})
