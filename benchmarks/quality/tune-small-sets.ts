// Sets of a few routes on training and validation texts, to choose on; the published figures come from other texts:
//   node benchmarks/quality/tune-small-sets.ts [--rounds 3] [--seed 1] [--given 0]
import { parseArgs } from 'node:util'
import { mean } from './measures.ts'
import {
  EXAMPLE_COUNTS,
  measureSmallSetsOn,
  ROUTE_COUNTS,
  type SmallSetFigures,
  tuningSources,
} from './small-sets.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    given: { type: 'string', default: '0' },
  },
})
const { cells, ways } = await measureSmallSetsOn(tuningSources(), {
  rounds: Number(values.rounds),
  seed: Number(values.seed),
  given: Number(values.given),
  progress: (message) => console.error(message),
})
for (const cell of cells) print(`${cell.routes} x ${cell.examples}`, [cell])
for (const way of ways) print(`${way.routes} routes, ${way.examples} examples`, [way])
for (const count of ROUTE_COUNTS)
  print(
    `${count} routes`,
    cells.filter(({ routes }) => routes === count),
  )
for (const count of EXAMPLE_COUNTS)
  print(
    `${count} examples`,
    cells.filter(({ examples }) => examples === count),
  )
print('all', cells)

function print(name: string, figures: readonly SmallSetFigures[]): void {
  const of = (figure: (of: SmallSetFigures) => number) =>
    (100 * mean(figures.map(figure))).toFixed(1).padStart(5)
  console.log(
    `${name.padEnd(32)} accuracy ${of((f) => f.inScopeAccuracy)}  refused ${of((f) => f.inScopeRejected)}  recall ${of((f) => f.oosRecall)}  right ${of((f) => f.thresholdedAccuracy)}  ece ${of((f) => f.ece)}  ece of all ${of((f) => f.eceMixed)}`,
  )
}
