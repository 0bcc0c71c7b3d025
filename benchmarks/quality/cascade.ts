// Measures the cascade of the built-in encoder and MiniLM: npm run bench:cascade -- [--quick]
import { parseArgs } from 'node:util'
import { type AskLine, askLine } from '../../src/core/ask-rule.ts'
import { readCascade, writeCascade } from '../../src/core/cascade-file.ts'
import { calibrationErrorByChance } from '../../src/core/evaluation/calibration-error.ts'
import { Cascade, createCascade, type LabelledText, loadBuiltinEncoder } from '../../src/index.ts'
import { CachedEncoder } from './cached-encoder.ts'
import { loadMiniLm, vectorFolder } from './cascade-model.ts'
import type { CascadeResult, CascadeRound, CascadeScopeRound, CascadeTiming } from './cascade-result.ts'
import { readInScope, readIntentSet, readRows, routesOf } from './datasets.ts'
import { checkDraws, drawnRows, SEEDS } from './draws.ts'
import { share, thresholdRefusing } from './measures.ts'
import { writeReport } from './report.ts'
import { committedResults, conditionsOf, readSourceState, writeResult } from './result-file.ts'
import { REFUSED_ON_VALIDATION } from './scope.ts'
import { BENCHMARK_SEED } from './subject.ts'

const TIMED_QUERIES = 300
const FIFTH = 0.2

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const isQuick = values.quick
const source = readSourceState()
const start = performance.now()
const say = (message: string) =>
  console.error(`${((performance.now() - start) / 1000).toFixed(0).padStart(4)} s  ${message}`)

const fast = await loadBuiltinEncoder()
const model = await loadMiniLm()
const slow = new CachedEncoder(model, vectorFolder, (done, of) => {
  if (done === of || done % 2560 === 0) say(`encoded ${done} of ${of}`)
})

const rounds: CascadeRound[] = []
for (const name of ['clinc150', 'hwu64'] as const) {
  const set = readIntentSet(name)
  checkDraws(set)
  for (const shots of isQuick ? ([5] as const) : ([5, 10, 20, 'full'] as const)) {
    for (const seed of shots === 'full' || isQuick ? [0] : SEEDS) {
      say(`${set.title}, ${shots === 'full' ? 'all' : shots} examples a route, seed ${seed}`)
      const cascade = await createCascade({ routes: routesOf(drawnRows(set, shots, seed)), slow })
      rounds.push({ set: name, shots, seed, ...(await measure(cascade, set.test)) })
    }
  }
}
const { scope, timing } = await measureScope()
const result: CascadeResult = {
  encoder: { name: model.name, fingerprint: model.fingerprint, dimensions: model.dimensions },
  rounds,
  scope,
  timing,
}
await model.close()
if (isQuick) console.log(JSON.stringify(result, null, 1))
else {
  const conditions = await conditionsOf(source, { isQuick, seconds: (performance.now() - start) / 1000 })
  writeResult(committedResults, 'cascade', conditions, result)
  writeReport()
}

async function measure(
  cascade: Cascade,
  test: readonly LabelledText[],
): Promise<Omit<CascadeRound, 'set' | 'shots' | 'seed'>> {
  const evaluation = await cascade.evaluateAsync(test)
  const texts = test.map(({ text }) => text)
  const decisions = await cascade.routeManyAsync(texts)
  const alone = cascade.fast.routeMany(texts)
  return {
    asked: evaluation.cascade.asked as number,
    askBelow: cascade.report.askBelow,
    fastAccuracy: share(
      test.map(({ route }, row) => alone[row]?.candidates[0]?.route === route),
      Boolean,
    ),
    accuracy: evaluation.inScopeAccuracy as number,
    askedFastAccuracy: evaluation.cascade.accuracyOfFast as number,
    askedAccuracy: evaluation.cascade.accuracyOfBoth as number,
    accuracyAtFifth: await accuracyAsking(cascade, askLine({ share: FIFTH }, alone), test),
    accuracyAtAll: await accuracyAsking(cascade, askLine({ share: 1 }, alone), test),
    ece: evaluation.ece as number,
    eceByChance: calibrationErrorByChance(
      decisions.map(({ confidence }) => confidence),
      BENCHMARK_SEED,
    ) as number,
    coverageAt975: evaluation.coverageAt975 as number,
    join: cascade.report.join,
  }
}

/** The same cascade, asking below another line. */
async function accuracyAsking(
  cascade: Cascade,
  line: AskLine,
  test: readonly LabelledText[],
): Promise<number> {
  const { state, ...snapshots } = readCascade(cascade.save())
  const other = Cascade.load(writeCascade({ state: { ...state, ...line }, ...snapshots }), { fast, slow })
  return (await other.evaluateAsync(test)).inScopeAccuracy as number
}

async function measureScope(): Promise<Pick<CascadeResult, 'scope' | 'timing'>> {
  say('out of scope: fit on train')
  const train = readInScope('clinc150/train.jsonl').filter((_, place) => !isQuick || place % 10 === 0)
  const validation = readInScope('clinc150/val.jsonl')
  const test = [...readRows('clinc150/test.jsonl'), ...readRows('clinc150/oos_test.jsonl')]
  const cascade = await createCascade({ routes: routesOf(train), slow })
  const timing = await time(cascade, test)
  const unlabelled = await scopeRound(cascade, validation, test)
  say('out of scope: calibrate on val and oos_val')
  await cascade.fitAsync({ data: [...validation, ...readRows('clinc150/oos_val.jsonl')] })
  const labelled = await scopeRound(cascade, validation, test)
  return {
    scope: [
      { title: 'calibrated by `fit` on val and oos_val, threshold from val', way: 'labels', ...labelled },
      { title: 'no out-of-scope text: threshold from val', way: 'val', ...unlabelled },
    ],
    timing,
  }
}

async function scopeRound(
  cascade: Cascade,
  validation: readonly LabelledText[],
  test: readonly LabelledText[],
): Promise<Omit<CascadeScopeRound, 'title' | 'way'>> {
  const decide = (rows: readonly LabelledText[]) => cascade.routeManyAsync(rows.map(({ text }) => text))
  const threshold = thresholdRefusing(
    REFUSED_ON_VALIDATION,
    (await decide(validation)).map(({ confidence }) => confidence),
  )
  const evaluation = await cascade.evaluateAsync(test)
  const decisions = await decide(test)
  const inside = decisions.filter((_, row) => test[row]?.route !== null)
  const outside = decisions.filter((_, row) => test[row]?.route === null)
  return {
    auroc: evaluation.oosAuroc as number,
    threshold,
    refused: share(inside, ({ confidence }) => confidence < threshold),
    recall: share(outside, ({ confidence }) => confidence < threshold),
    eceMixed: evaluation.eceMixed as number,
    askedInScope: share(inside, ({ asked }) => asked !== undefined),
    askedOutOfScope: share(outside, ({ asked }) => asked !== undefined),
  }
}

/** Times the first queries of each kind with the model itself, nothing kept. */
async function time(cascade: Cascade, test: readonly LabelledText[]): Promise<CascadeTiming> {
  const bare = Cascade.load(cascade.save(), { fast, slow: model })
  const asked: number[] = []
  const sure: number[] = []
  for (const { text } of test) {
    if (asked.length >= TIMED_QUERIES) break
    const { latencyUs, asked: outcome } = await bare.routeAsync(text)
    if (outcome === undefined) sure.push(latencyUs)
    else asked.push(latencyUs / 1000)
  }
  const rank = (list: number[], part: number) =>
    list.sort((a, b) => a - b)[Math.max(0, Math.ceil(part * list.length) - 1)] ?? 0
  return {
    askedMs: { p50: rank(asked, 0.5), p99: rank(asked, 0.99) },
    sureUs: { p50: rank(sure, 0.5), p99: rank(sure, 0.99) },
    queries: asked.length + sure.length,
  }
}
