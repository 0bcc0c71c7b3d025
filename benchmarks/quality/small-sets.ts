import { evaluateDecisions } from '../../src/core/evaluation/evaluate.ts'
import {
  createRouter,
  type Decision,
  type Encoder,
  type LabelledText,
  loadBuiltinEncoder,
} from '../../src/index.ts'
import { type Random, seededRandom, shuffle } from '../../src/util/random.ts'
import { type InScopeText, readInScope, readIntentSet, readRows, routeNames, routesOf } from './datasets.ts'
import { byLikeness, spreadOut } from './likeness.ts'
import { BENCHMARK_SEED, type SubjectContext } from './subject.ts'

export const ROUTE_COUNTS = [2, 3, 5, 8, 12] as const
export const EXAMPLE_COUNTS = [3, 5, 10, 20] as const
/** In-scope queries of one set, at most, and as many strays for each of them. */
const QUERIES = 96
const STRAYS_PER_QUERY = 0.25
/** Of so many texts for each example that is wanted, those unlike each other are taken. */
const CHOICE_OF_EXAMPLES = 3
/** Out-of-scope texts that the owner of a set gives, where any are. */
const GIVEN = 10
const PUBLISHED_ROUNDS = 5

/** What sets are drawn from. */
export interface SmallSetSource {
  /** Texts that become examples. */
  readonly examples: ReadonlyMap<string, readonly InScopeText[]>
  /** Texts that become queries: of the routes drawn, and as strays those of all others. */
  readonly queries: ReadonlyMap<string, readonly InScopeText[]>
  /** Texts that belong to no route of the data set; half of the strays where there are any. */
  readonly strays: readonly string[]
}

/** How a set came about. Routes: any, or one and those most like it. Examples: any, or such as differ. */
export const WAYS = [
  { routes: 'random', examples: 'random' },
  { routes: 'alike', examples: 'random' },
  { routes: 'random', examples: 'spread' },
  { routes: 'alike', examples: 'spread' },
] as const
export type Way = (typeof WAYS)[number]

export interface SmallSetFigures {
  readonly inScopeAccuracy: number
  readonly inScopeRejected: number
  readonly oosRecall: number
  readonly thresholdedAccuracy: number
  readonly ece: number
  readonly eceMixed: number
}

export interface SmallSetCell extends SmallSetFigures {
  readonly routes: number
  readonly examples: number
  readonly sets: number
  readonly queries: number
}

/** Figures of sets drawn alike: of each size, and of all sizes by how the sets were drawn. */
export interface SmallSetFiguresBySize {
  readonly cells: readonly SmallSetCell[]
  readonly ways: readonly (SmallSetFigures & Way)[]
}

export interface SmallSetsResult extends SmallSetFiguresBySize {
  readonly setsPerCell: number
  readonly given: number
  /** The same sets when their owner also gives `given` out-of-scope texts. */
  readonly withGiven: readonly SmallSetCell[]
}

const byRoute = (rows: readonly InScopeText[]) => Map.groupBy(rows, ({ route }) => route)

/** Examples from what the bars draw from, queries from the test splits. Never to be tuned on. */
function testSources(): SmallSetSource[] {
  const clinc = readIntentSet('clinc150')
  const hwu = readIntentSet('hwu64')
  return [
    {
      examples: byRoute(clinc.pool),
      queries: byRoute(clinc.test),
      strays: readRows('clinc150/oos_test.jsonl').map(({ text }) => text),
    },
    { examples: byRoute(hwu.pool), queries: byRoute(hwu.test), strays: [] },
  ]
}

/** What choices may be made on: no text of a test split. */
export function tuningSources(): SmallSetSource[] {
  const hwu = byRoute(readInScope('hwu64/train.jsonl'))
  const half = (odd: number) =>
    new Map([...hwu].map(([route, rows]) => [route, rows.filter((_, place) => place % 2 === odd)]))
  return [
    {
      examples: byRoute(readInScope('clinc150/train.jsonl')),
      queries: byRoute(readInScope('clinc150/val.jsonl')),
      strays: readRows('clinc150/oos_val.jsonl').map(({ text }) => text),
    },
    { examples: half(0), queries: half(1), strays: [] },
  ]
}

/** Sets of a few routes, as most people begin: the published figures. */
export async function measureSmallSets({ isQuick, progress }: SubjectContext): Promise<SmallSetsResult> {
  const options = { rounds: isQuick ? 1 : PUBLISHED_ROUNDS, seed: BENCHMARK_SEED, progress }
  const alone = await measureSmallSetsOn(testSources(), { ...options, given: 0 })
  const withGiven = await measureSmallSetsOn(testSources(), { ...options, given: GIVEN })
  return { setsPerCell: alone.cells[0]!.sets, ...alone, given: GIVEN, withGiven: withGiven.cells }
}

export interface SmallSetOptions {
  /** Sets of each way from each source, in each cell. */
  readonly rounds: number
  readonly seed: number
  /** Out-of-scope texts given with each set. */
  readonly given: number
  readonly progress: (message: string) => void
}

export async function measureSmallSetsOn(
  sources: readonly SmallSetSource[],
  { rounds, seed, given, progress }: SmallSetOptions,
): Promise<SmallSetFiguresBySize> {
  const outOfScope = readRows('clinc150/oos_train.jsonl').map(({ text }) => text)
  const encoder = await loadBuiltinEncoder()
  const cells: SmallSetCell[] = []
  const byWay = WAYS.map(() => new Pool())
  for (const [row, routes] of ROUTE_COUNTS.entries()) {
    progress(`sets of ${routes} routes${given > 0 ? `, ${given} out-of-scope texts given` : ''}`)
    for (const [column, examples] of EXAMPLE_COUNTS.entries()) {
      const random = seededRandom(seed + 100 * row + column)
      const pool = new Pool()
      let sets = 0
      for (let round = 0; round < rounds; round++) {
        for (const source of sources) {
          for (const [place, way] of WAYS.entries()) {
            const { rows, examples: texts } = drawSet(source, routes, examples, way, encoder, random)
            const router = await createRouter({
              routes: routesOf(texts),
              outOfScope: shuffled(outOfScope, random).slice(0, given),
              encoder,
            })
            const decisions = router.routeMany(rows.map(({ text }) => text))
            pool.add(rows, decisions)
            byWay[place]!.add(rows, decisions)
            sets++
          }
        }
      }
      cells.push({ routes, examples, sets, queries: pool.rows.length, ...pool.figures() })
    }
  }
  return {
    cells,
    ways: WAYS.map((way, place) => ({ ...way, ...byWay[place]!.figures() })),
  }
}

/** Decisions of many sets, evaluated as if they were of one. */
class Pool {
  readonly rows: LabelledText[] = []
  readonly decisions: Decision[] = []

  add(rows: readonly LabelledText[], decisions: readonly Decision[]): void {
    this.rows.push(...rows)
    this.decisions.push(...decisions)
  }

  figures(): SmallSetFigures {
    const evaluation = evaluateDecisions(this.rows, this.decisions, [])
    return {
      inScopeAccuracy: evaluation.inScopeAccuracy!,
      inScopeRejected: evaluation.inScopeRejected!,
      oosRecall: evaluation.oosRecall!,
      thresholdedAccuracy: evaluation.thresholdedAccuracy!,
      ece: evaluation.ece!,
      eceMixed: evaluation.eceMixed!,
    }
  }
}

/** Examples of one set, and queries of which a fifth belong to no route of it. */
function drawSet(
  source: SmallSetSource,
  count: number,
  shots: number,
  way: Way,
  encoder: Encoder,
  random: Random,
): { examples: InScopeText[]; rows: LabelledText[] } {
  const names = shuffled(routeNames([...source.queries.values()].flat()), random)
  const order = way.routes === 'alike' ? byLikeness(names, source.examples, encoder) : names
  const chosen = order.slice(0, count)
  const examples = chosen.flatMap((name) => {
    const texts = shuffled(source.examples.get(name)!, random)
    return way.examples === 'spread'
      ? spreadOut(texts.slice(0, shots * CHOICE_OF_EXAMPLES), shots, encoder, random)
      : texts.slice(0, shots)
  })
  const queries = chosen.flatMap((name) =>
    shuffled(source.queries.get(name)!, random).slice(0, Math.ceil(QUERIES / count)),
  )
  const strays = Math.round(queries.length * STRAYS_PER_QUERY)
  const foreign = shuffled(source.strays, random).slice(0, strays / 2)
  const others = shuffled(order.slice(count), random).flatMap((name) => source.queries.get(name)!)
  const rows: LabelledText[] = [
    ...queries,
    ...[
      ...foreign,
      ...shuffled(others, random)
        .slice(0, strays - foreign.length)
        .map(({ text }) => text),
    ].map((text) => ({ text, route: null })),
  ]
  return { examples, rows }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return Array.from(shuffle(Int32Array.from(items.keys()), random), (place) => items[place]!)
}
