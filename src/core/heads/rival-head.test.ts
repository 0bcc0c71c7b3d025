import { expect, test } from 'vitest'
import { seededRandom } from '../../util/random.ts'
import { featuriseTexts } from '../features/training-rows.ts'
import { collectTrainingTexts } from '../training-texts.ts'
import type { FittedHead } from './fitted-head.ts'
import { fitFullHead } from './full-head.ts'
import { LinearScorer } from './linear-scorer.ts'
import { fitRivalHead } from './rival-head.ts'

const ROUTES = 60
const EXAMPLES = 6
const DIMS = 16

/** Vectors by the words of a text, each word having a fixed random direction. */
const encoder = {
  name: 'test',
  dimensions: DIMS,
  fingerprint: 'test',
  encode(text: string, into = new Float32Array(DIMS)): Float32Array {
    into.fill(0)
    for (const word of text.split(' ')) {
      const random = seededRandom([...word].reduce((sum, unit) => sum * 31 + unit.charCodeAt(0), 7))
      for (let d = 0; d < DIMS; d++) into[d]! += random() - 0.5
    }
    const length = Math.hypot(...into) || 1
    return into.map((x, d) => (into[d] = x / length))
  },
}

const WORDS = Array.from(
  { length: 90 },
  (_, i) => `${'bcdfghklmn'[i % 10]}a${'prstvwxyz'[Math.floor(i / 10)]}o`,
)

/** Each route has a verb that six others share, and a thing that two others share. */
function makeInput() {
  const random = seededRandom(4)
  const routes = Array.from({ length: ROUTES }, (_, k) => ({
    name: `r${k}`,
    examples: Array.from(
      { length: EXAMPLES },
      () => `${WORDS[k % 10]} ${WORDS[10 + Math.floor(k / 3)]} ${WORDS[40 + Math.floor(random() * 50)]}`,
    ),
  }))
  const texts = collectTrainingTexts({ routes })
  const featurised = featuriseTexts(texts, ROUTES, encoder, 0.6)
  return { texts, featurised, cohesion: new Float32Array(ROUTES).fill(0.5) }
}

function trainingAccuracy(
  { head, postings }: FittedHead,
  { featurised: { rows } }: ReturnType<typeof makeInput>,
) {
  const scorer = new LinearScorer(head, postings)
  let right = 0
  let count = 0
  for (let row = 0; row < rows.count; row++) {
    if (rows.labels[row]! >= ROUTES) continue
    count++
    scorer.scoreVector(rows.dense.subarray(row * DIMS, (row + 1) * DIMS))
    scorer.addSparse(rows.ids, rows.values, rows.offsets[row]!, rows.offsets[row + 1]!)
    if (scorer.scores.indexOf(Math.max(...scorer.scores)) === rows.labels[row]) right++
  }
  return right / count
}

test('the head fitted against rivals tells routes apart about as well as the full one', () => {
  const input = makeInput()
  const onProgress = () => {}
  const rival = trainingAccuracy(fitRivalHead({ ...input, onProgress }), input)
  const full = trainingAccuracy(fitFullHead({ ...input, onProgress }), input)
  expect(full).toBeGreaterThan(0.95)
  expect(rival).toBeGreaterThan(full - 0.03)
})

test('the same input gives the same head, and progress that only grows', () => {
  const done: number[] = []
  const [a, b] = [0, 1].map(() =>
    fitRivalHead({
      ...makeInput(),
      onProgress: ({ stage, done: units, total }) => {
        expect(units).toBeLessThanOrEqual(total)
        if (stage === 'fit') done.push(units / total)
      },
    }),
  )
  expect(a).toEqual(b)
  const half = done.slice(0, done.length / 2)
  expect(half.at(-1)).toBe(1)
  expect(half).toEqual([...half].sort((x, y) => x - y))
})

test('held-out evidence has all scores of each row, and its route is seldom missed', () => {
  const { held } = fitRivalHead({ ...makeInput(), onProgress: () => {} })
  expect(held.count).toBe(ROUTES)
  expect(held.scores.length).toBe(held.count * held.classes)
  expect(new Set(held.labels).size).toBe(ROUTES)
  expect(held.energies.length).toBe(held.count)
  expect(held.nearnesses.length).toBe(held.count)
  expect(held.accuracy).toBeGreaterThan(0.8)
})
