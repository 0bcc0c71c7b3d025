import { createRouter, type Evaluation, type LabelledText, type Router } from '../../src/index.ts'
import { seededRandom, shuffle } from '../../src/util/random.ts'
import { type InScopeText, readInScope, readRows, routesOf } from './datasets.ts'
import { share, thresholdRefusing } from './measures.ts'
import { BENCHMARK_SEED, type SubjectContext } from './subject.ts'

/** Share of validation queries that the chosen threshold refuses. */
export const REFUSED_ON_VALIDATION = 0.033
const CURVE = [
  0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.035, 0.04, 0.05, 0.06, 0.07, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3,
]
const FOLDS = 5

/** Where calibration and threshold come from. */
const WAYS = {
  labels: 'calibrated by `fit` on val and oos_val, threshold from val',
  val: 'no out-of-scope text: threshold from val',
  cv: 'nothing but the examples: threshold from cross-validation on train',
  outOfScope: 'the 100 texts of oos_train given as `outOfScope`, threshold from val',
} as const

export interface ScopeRound {
  readonly way: keyof typeof WAYS
  readonly title: string
  readonly auroc: number
  readonly eceMixed: number
  readonly thresholdedAccuracy: number
  /** At the threshold in force: 0.5, or what `fit` chose. */
  readonly atDefault: { readonly refused: number; readonly recall: number }
  /** At the threshold chosen beforehand. */
  readonly chosen: { readonly threshold: number; readonly refused: number; readonly recall: number }
  /** Read off the test rows: what each share of refused in-scope queries would catch. */
  readonly curve: readonly { readonly refused: number; readonly recall: number }[]
}

export interface ScopeResult {
  readonly rounds: readonly ScopeRound[]
}

/** Telling queries that no route should take: CLINC150, official split. */
export async function measureScope({ isQuick, progress }: SubjectContext): Promise<ScopeResult> {
  const train = readInScope('clinc150/train.jsonl')
  const examples = isQuick ? train.filter((_, place) => place % 10 === 0) : train
  const validation = readInScope('clinc150/val.jsonl')
  const outsideValidation = readRows('clinc150/oos_val.jsonl')
  const test = [...readRows('clinc150/test.jsonl'), ...readRows('clinc150/oos_test.jsonl')]
  const rounds: ScopeRound[] = []
  const round = (way: keyof typeof WAYS, router: Router, chosenOn: readonly number[]) => {
    rounds.push({
      way,
      title: WAYS[way],
      ...scopeRound(router, test, thresholdRefusing(REFUSED_ON_VALIDATION, chosenOn)),
    })
  }

  progress('fit on train')
  const router = await createRouter({ routes: routesOf(examples) })
  round('val', router, confidences(router, validation))

  if (!isQuick) {
    const heldOut: number[] = []
    for (let fold = 0; fold < FOLDS; fold++) {
      progress(`cross-validation on train, fold ${fold + 1} of ${FOLDS}`)
      heldOut.push(...(await foldConfidences(examples, fold)))
    }
    round('cv', router, heldOut)
  }

  progress('calibrate on val and oos_val')
  router.fit({ data: [...validation, ...outsideValidation] })
  round('labels', router, confidences(router, validation))

  progress('fit on train with oos_train as outOfScope')
  const outOfScope = readRows('clinc150/oos_train.jsonl').map(({ text }) => text)
  const withOutside = await createRouter({ routes: routesOf(examples), outOfScope })
  round('outOfScope', withOutside, confidences(withOutside, validation))
  return { rounds }
}

const confidences = (router: Router, rows: readonly LabelledText[]): number[] =>
  router.routeMany(rows.map(({ text }) => text)).map(({ confidence }) => confidence)

/** Confidences of a fifth of each route's examples by a router that never saw them. */
async function foldConfidences(examples: readonly InScopeText[], fold: number): Promise<number[]> {
  const order = shuffle(Int32Array.from(examples.keys()), seededRandom(BENCHMARK_SEED))
  const seen = new Map<string, number>()
  const kept: InScopeText[] = []
  const held: InScopeText[] = []
  for (const place of order) {
    const example = examples[place]!
    const turn = seen.get(example.route) ?? 0
    seen.set(example.route, turn + 1)
    ;(turn % FOLDS === fold ? held : kept).push(example)
  }
  return confidences(await createRouter({ routes: routesOf(kept) }), held)
}

function scopeRound(
  router: Router,
  test: readonly LabelledText[],
  threshold: number,
): Omit<ScopeRound, 'way' | 'title'> {
  const evaluation: Evaluation = router.evaluate(test)
  const all = confidences(router, test)
  const inside = all.filter((_, row) => test[row]!.route !== null)
  const outside = all.filter((_, row) => test[row]!.route === null)
  const at = (limit: number) => ({
    refused: share(inside, (confidence) => confidence < limit),
    recall: share(outside, (confidence) => confidence < limit),
  })
  return {
    auroc: evaluation.oosAuroc!,
    eceMixed: evaluation.eceMixed!,
    thresholdedAccuracy: evaluation.thresholdedAccuracy!,
    atDefault: { refused: evaluation.inScopeRejected!, recall: evaluation.oosRecall! },
    chosen: { threshold, ...at(threshold) },
    curve: CURVE.map((refused) => at(thresholdRefusing(refused, inside))),
  }
}
