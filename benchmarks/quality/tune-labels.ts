// What labelled rows do to decisions, on training and validation texts, to choose on: right decisions, recall of strays
// and refused queries against the same set without labels, in points.
//   node benchmarks/quality/tune-labels.ts [--draws 3] [--seed 1]
import { parseArgs } from 'node:util'
import { calibrateOnLabels } from '../../src/core/calibration/labelled.ts'
import { scopeThreshold } from '../../src/core/calibration/scope-threshold.ts'
import { DEFAULT_THRESHOLD, Decider } from '../../src/core/decider.ts'
import { fitSnapshot } from '../../src/core/fit-snapshot.ts'
import type { SnapshotData } from '../../src/core/snapshot-data.ts'
import { type LabelledText, loadBuiltinEncoder, parseRouteSet } from '../../src/index.ts'
import { type Random, seededRandom, shuffle } from '../../src/util/random.ts'
import type { Shots } from './accuracy.ts'
import { type InScopeText, readInScope, readRows, routeNames, routesOf } from './datasets.ts'
import { mean, share } from './measures.ts'

/** Labelled rows of one draw. */
const LABELLED = [
  [8, 2],
  [10, 0],
  [10, 10],
  [40, 10],
  [50, 50],
  [80, 20],
  [1000, 10],
  [900, 100],
  [500, 500],
] as const
/** Of the queries that decisions are counted on, those of CLINC150's test set with its strays. */
const STRAY_SHARE = 1000 / 5500
const MOST_QUERIES = 1000
const MOST_STRAYS = 500
const HWU_WITHHELD = 12

interface Subject {
  readonly title: string
  readonly examples: readonly InScopeText[]
  /** Texts that belong and texts that do not; half of each become labels, the others queries. */
  readonly inside: readonly InScopeText[]
  readonly outside: readonly string[]
}

interface Figures {
  readonly right: number
  readonly recall: number
  readonly refused: number
}

const { values } = parseArgs({
  options: { draws: { type: 'string', default: '3' }, seed: { type: 'string', default: '1' } },
})
const encoder = await loadBuiltinEncoder()
const changes = new Map<string, Figures[]>()
for (const subject of subjects()) {
  const snapshot = fitSnapshot(parseRouteSet({ routes: routesOf(subject.examples) }), encoder, {})
  const alone = new Decider(snapshot, encoder, '')
  const random = seededRandom(Number(values.seed))
  for (let draw = 0; draw < Number(values.draws); draw++) {
    const [queries, labels] = halves(shuffled(subject.inside, random), MOST_QUERIES)
    const [strays, strayLabels] = halves(shuffled(subject.outside, random), MOST_STRAYS)
    const rows = [...queries, ...strays.map(nowhere)]
    const before = figuresOf(alone, DEFAULT_THRESHOLD, rows)
    for (const [belonging, others] of LABELLED) {
      if (belonging > 1.05 * labels.length || others > strayLabels.length) continue
      const data = [...labels.slice(0, belonging), ...strayLabels.slice(0, others).map(nowhere)]
      const after = fitted(snapshot, alone, data, rows)
      const change = {
        right: after.right - before.right,
        recall: after.recall - before.recall,
        refused: after.refused - before.refused,
      }
      const title = `${belonging} + ${others}`
      changes.set(title, [...(changes.get(title) ?? []), change])
    }
  }
  console.error(subject.title)
}
for (const [title, list] of changes) print(title, list)
print('all', [...changes.values()].flat())

function* subjects(): Generator<Subject> {
  const train = readInScope('clinc150/train.jsonl')
  const validation = readInScope('clinc150/val.jsonl')
  const strays = ['oos_train', 'oos_val'].flatMap((part) => readRows(`clinc150/${part}.jsonl`)).map(textOf)
  const hwu = [...Map.groupBy(readInScope('hwu64/train.jsonl'), ({ route }) => route).values()]
  const half = (odd: number) => hwu.flatMap((rows) => rows.filter((_, place) => place % 2 === odd))
  for (const shots of [5, 10, 20, 'full'] as const) {
    for (const seed of shots === 'full' ? [0] : [0, 1, 2]) {
      const title = `${shots} examples a route, seed ${seed}`
      const examples = few(train, shots, seed)
      yield { title: `CLINC150, ${title}`, examples, inside: validation, outside: strays }
      // HWU64 has no strays: texts of routes withheld are.
      const names = shuffled(routeNames(half(0)), seededRandom(seed))
      const kept = new Set(names.slice(HWU_WITHHELD))
      yield {
        title: `HWU64, ${title}`,
        examples: few(half(0).filter(isOf(kept)), shots, seed),
        inside: half(1).filter(isOf(kept)),
        outside: half(1).filter(isNotOf(kept)).map(textOf),
      }
    }
  }
  for (const [routes, shots] of [
    [4, 5],
    [8, 10],
    [12, 20],
    [30, 10],
  ] as const) {
    for (let seed = 0; seed < 4; seed++) {
      const kept = new Set(shuffled(routeNames(train), seededRandom(seed)).slice(0, routes))
      const examples = few(train.filter(isOf(kept)), shots, seed)
      const used = new Set(examples.map(textOf))
      yield {
        title: `${routes} routes x ${shots}, seed ${seed}`,
        examples,
        inside: [...train, ...validation].filter((row) => kept.has(row.route) && !used.has(row.text)),
        outside: [...strays, ...validation.filter(isNotOf(kept)).map(textOf)],
      }
    }
  }
}

/** What `fit({ data })` does after the head is fitted, and how it then decides. */
function fitted(
  snapshot: SnapshotData,
  alone: Decider,
  data: readonly LabelledText[],
  rows: readonly LabelledText[],
): Figures {
  const calibration = calibrateOnLabels(snapshot, encoder, data)
  const decider = new Decider({ ...snapshot, calibration }, encoder, '', alone)
  const chosen = scopeThreshold(decided(decider, data))
  return figuresOf(decider, chosen?.threshold ?? DEFAULT_THRESHOLD, rows)
}

function decided(decider: Decider, rows: readonly LabelledText[]) {
  return rows.map(({ text, route }) => {
    const { candidates, confidence } = decider.decide(text, { topK: 1 })
    return { confidence, isInScope: route !== null, isRight: candidates[0]?.route === route }
  })
}

function figuresOf(decider: Decider, threshold: number, rows: readonly LabelledText[]): Figures {
  const all = decided(decider, rows)
  const inside = all.filter(({ isInScope }) => isInScope)
  const recall = share(
    all.filter(({ isInScope }) => !isInScope),
    ({ confidence }) => confidence < threshold,
  )
  const right = share(inside, ({ isRight, confidence }) => isRight && confidence >= threshold)
  return {
    right: (1 - STRAY_SHARE) * right + STRAY_SHARE * recall,
    recall,
    refused: share(inside, ({ confidence }) => confidence < threshold),
  }
}

function print(title: string, list: readonly Figures[]): void {
  const points = (value: number) => (100 * value).toFixed(2).padStart(6)
  const right = list.map((change) => change.right).sort((a, b) => a - b)
  const low = right[Math.floor(right.length / 20)] ?? Number.NaN
  console.log(
    `${title.padEnd(12)} right ${points(mean(right))}, worst ${points(right[0] ?? Number.NaN)}, one in twenty ${points(low)}  ` +
      `recall ${points(mean(list.map(({ recall }) => recall)))}  refused ${points(mean(list.map(({ refused }) => refused)))}`,
  )
}

function few(rows: readonly InScopeText[], shots: Shots, seed: number): InScopeText[] {
  const random = seededRandom(seed)
  const most = typeof shots === 'number' ? shots : rows.length
  return [...Map.groupBy(rows, ({ route }) => route).values()].flatMap((list) =>
    shuffled(list, random).slice(0, most),
  )
}

function halves<T>(items: readonly T[], mostFirst: number): [T[], T[]] {
  const first = Math.min(mostFirst, items.length >> 1)
  return [items.slice(0, first), items.slice(first)]
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return Array.from(shuffle(Int32Array.from(items.keys()), random), (place) => items[place] as T)
}

function nowhere(text: string): LabelledText {
  return { text, route: null }
}

function textOf({ text }: { readonly text: string }): string {
  return text
}

function isOf(names: ReadonlySet<string>): (row: InScopeText) => boolean {
  return ({ route }) => names.has(route)
}

function isNotOf(names: ReadonlySet<string>): (row: InScopeText) => boolean {
  return ({ route }) => !names.has(route)
}
