// Fits the constants of src/core/calibration/prior-calibration.ts over simulated route sets, from training data only:
//   node benchmarks/quality/fit-prior-calibration.ts [--sets 300] [--seed 1] [--write]
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import {
  FRONTIER_SHARE,
  familiarity,
  fitFrontier,
  fitSharpness,
} from '../../src/core/calibration/calibration.ts'
import { Decider } from '../../src/core/decider.ts'
import { fitSnapshot } from '../../src/core/fit-snapshot.ts'
import { type Encoder, loadBuiltinEncoder, parseRouteSet } from '../../src/index.ts'
import { type Random, seededRandom, shuffle } from '../../src/util/random.ts'
import { type InScopeText, readInScope, routeNames, routesOf } from './datasets.ts'
import { leastSquares } from './least-squares.ts'
import { byLikeness } from './likeness.ts'
import { mean } from './measures.ts'

const MOST_EXAMPLES = 50
/** Of the routes of a data set, at most this part is chosen. */
const MOST_CHOSEN = 0.85
/** Of the texts of a route, at most this part become examples, so that others are left to be queries. */
const MOST_TAKEN = 0.6
const QUERIES = 600
/** Part of the simulated sets that are one route and those most like it. */
const NEIGHBOURHOODS = 0.5
/** Sharper says only that the simulated set made no mistake. */
const SHARPEST = 8
const BEGIN = '// begin constants'
const END = '// end constants'

/** What the queries of one simulated route set look like to a router that never saw them. */
interface Simulated {
  readonly routes: number
  readonly perRoute: number
  readonly sharpness: number
  readonly energies: readonly number[]
  readonly nearnesses: readonly number[]
  /** Share of the best route at the sharpness of the compiled set. */
  readonly shares: readonly number[]
}

const { values } = parseArgs({
  options: {
    sets: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
})
const source = new URL('../../src/core/calibration/prior-calibration.ts', import.meta.url)
const encoder = await loadBuiltinEncoder()
const data = [readInScope('clinc150/train.jsonl'), readInScope('hwu64/train.jsonl')].map((rows) =>
  Map.groupBy(rows, ({ route }) => route),
)
const random = seededRandom(Number(values.seed))
const sets: Simulated[] = []
const start = performance.now()
for (let done = 0; done < Number(values.sets); done++) {
  const { routes, perRoute } = sets[sets.push(simulate(data[random() < 0.5 ? 0 : 1]!, encoder, random)) - 1]!
  const seconds = ((performance.now() - start) / 1000).toFixed(0)
  process.stderr.write(
    `${process.stderr.isTTY ? '\r' : ''}${`${done + 1} of ${values.sets} sets, ${seconds} s (last: ${routes} routes of ${perRoute.toFixed(1)} examples)`.padEnd(70)}${process.stderr.isTTY && done + 1 < Number(values.sets) ? '' : '\n'}`,
  )
}
const constants = printConstants(sets)
console.log(constants)
if (values.write) writeConstants(constants)

/** A number between `low` and `high`, every factor being as likely as any other. */
function logUniform(low: number, high: number, chance: Random): number {
  return Math.round(Math.exp(Math.log(low) + chance() * (Math.log(high) - Math.log(low))))
}

function simulate(
  byRoute: ReadonlyMap<string, readonly InScopeText[]>,
  withEncoder: Encoder,
  chance: Random,
): Simulated {
  const names = routeNames([...byRoute.values()].flat())
  const shuffledNames = Array.from(shuffle(Int32Array.from(names.keys()), chance), (place) => names[place]!)
  // People write routes of one trade, which are harder to tell apart than routes drawn at random.
  const order = chance() < NEIGHBOURHOODS ? byLikeness(shuffledNames, byRoute, withEncoder) : shuffledNames
  const count = logUniform(2, names.length * MOST_CHOSEN, chance)
  const shots = logUniform(1, MOST_EXAMPLES, chance)
  const examples: InScopeText[] = []
  const queries: InScopeText[] = []
  for (const name of order.slice(0, count)) {
    const rows = shuffled(byRoute.get(name)!, chance)
    const taken = Math.max(1, Math.min(shots, Math.floor(rows.length * MOST_TAKEN)))
    examples.push(...rows.slice(0, taken))
    queries.push(...rows.slice(taken, taken + Math.ceil(QUERIES / count)))
  }
  const routeSet = parseRouteSet({ routes: routesOf(examples) })
  const decider = new Decider(fitSnapshot(routeSet, withEncoder, {}), withEncoder, '')
  const { scorer } = decider
  const classes = scorer.scores.length
  const scores = new Float32Array(queries.length * classes)
  const labels = new Int32Array(queries.length)
  const places = new Map(routeSet.routes.map(({ name }, place) => [name, place]))
  const energies: number[] = []
  const nearnesses: number[] = []
  const shares: number[] = []
  queries.forEach(({ text, route }, row) => {
    shares.push(decider.readText(text, null, null).share)
    scores.set(scorer.scores, row * classes)
    labels[row] = places.get(route)!
    energies.push(scorer.energy)
    nearnesses.push(scorer.nearness)
  })
  return {
    routes: count,
    perRoute: examples.length / count,
    // A single row of prior keeps a set without a mistake from running off to infinity.
    sharpness: fitSharpness({ count: queries.length, classes, scores, labels }, 1.7, 1),
    energies,
    nearnesses,
    shares,
  }
}

function shuffled<T>(items: readonly T[], chance: Random): T[] {
  return Array.from(shuffle(Int32Array.from(items.keys()), chance), (place) => items[place]!)
}

function printConstants(simulated: readonly Simulated[]): string {
  const terms = simulated.map(({ routes, perRoute }) => {
    const k = Math.log(routes)
    const n = Math.log(perRoute)
    return [1, k, n, n * n, k * n, k * k]
  })
  const line = (name: string, target: (set: Simulated) => number) =>
    `const ${name} = [${leastSquares(terms, simulated.map(target)).map(rounded).join(', ')}]`
  const deviation = (numbers: readonly number[]) => {
    const centre = mean(numbers)
    return Math.sqrt(mean(numbers.map((x) => (x - centre) ** 2)))
  }
  const spread = (numbers: readonly number[]) => ({ mean: mean(numbers), deviation: deviation(numbers) })
  const frontier = ({ energies, nearnesses, shares }: Simulated) => {
    const spreads = { energy: spread(energies), nearness: spread(nearnesses) }
    const familiarities = shares.map((share, row) =>
      familiarity(energies[row]!, nearnesses[row]!, share, spreads),
    )
    return fitFrontier(familiarities, FRONTIER_SHARE, 0, 0)
  }
  return [
    line('LOG_SHARPNESS', ({ sharpness }) => Math.log(Math.min(SHARPEST, sharpness))),
    line('ENERGY_MEAN', ({ energies }) => mean(energies)),
    line('LOG_ENERGY_DEVIATION', ({ energies }) => Math.log(deviation(energies))),
    line('NEARNESS_MEAN', ({ nearnesses }) => mean(nearnesses)),
    line('LOG_NEARNESS_DEVIATION', ({ nearnesses }) => Math.log(deviation(nearnesses))),
    line('FRONTIER', frontier),
  ].join('\n')
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000
}

function writeConstants(text: string): void {
  const old = readFileSync(source, 'utf8')
  const begin = old.indexOf(BEGIN)
  const end = old.indexOf(END)
  if (begin < 0 || end < begin)
    throw new Error(
      `${source.pathname} has no lines "${BEGIN}" and "${END}" for the constants to go between.`,
    )
  writeFileSync(source, `${old.slice(0, begin)}${BEGIN}\n${text}\n${old.slice(end)}`)
}
