// Writes into README.md what is measured and what commands print: node scripts/write-readme-figures.ts
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { AccuracyResult } from '../benchmarks/quality/accuracy.ts'
import { type MeasuredBar, measureBars } from '../benchmarks/quality/bars.ts'
import type { GuaranteeResult } from '../benchmarks/quality/guarantee.ts'
import { committedResults, type ResultFile, readResult } from '../benchmarks/quality/result-file.ts'
import type { RobustnessResult } from '../benchmarks/quality/robustness.ts'
import type { ScopeResult } from '../benchmarks/quality/scope.ts'
import type { SmallSetsResult } from '../benchmarks/quality/small-sets.ts'
import { parseModelFile } from '../src/encoders/builtin/index.ts'
import { runGuide, withOutput } from './guide-commands.ts'
import { askAsShown, withAnswers, withDemo } from './readme-answers.ts'
import { runSnippet, withSnippetOutput } from './run-readme-snippet.ts'

/** Rows shown; docs/benchmarks.md has all bars. */
const MOST_ROWS = 9

const START = '<!-- figures:start -->\n'
const END = '<!-- figures:end -->'

/** Shown whether met or missed; every other bar only when it is missed. */
const SHOWN: readonly string[] = [
  'CLINC150, 10 examples a route: accuracy',
  'HWU64, 10 examples a route: accuracy',
  'HWU64, all examples: accuracy',
  'Sets of 2 to 12 routes: right decisions',
  'CLINC150, 10 examples a route: calibration error',
  'Out of scope, CLINC150: recall at 3.3% refused on validation',
  'CLINC150, 10 examples a route: typos in 10% of the longer words',
  'CLINC150, 10 examples a route: between two sentences of chatter',
  'CLINC150, 10 examples a route: texts in other languages accepted',
]

export const readmeFile = new URL('../README.md', import.meta.url)

/** The figures block as the committed results have it. */
export function readmeFigures(folder: URL = committedResults): string {
  const results = {
    accuracy: readResult<AccuracyResult>(folder, 'accuracy'),
    scope: readResult<ScopeResult>(folder, 'scope'),
    guarantee: readResult<GuaranteeResult>(folder, 'guarantee'),
    robustness: readResult<RobustnessResult>(folder, 'robustness'),
    smallSets: readResult<SmallSetsResult>(folder, 'small-sets'),
  }
  const measured = Object.values(results).filter((result) => result !== undefined)
  if (measured.length === 0) return 'Nothing has been measured yet: run `npm run bench:quality`.'
  const bars = measureBars(results)
  const missed = bars.filter(({ isMet }) => !isMet)
  const met = SHOWN.flatMap((title) => bars.filter((bar) => bar.title === title && bar.isMet))
  const verdict =
    missed.length === 0
      ? `All ${bars.length} bars are met.`
      : `**${missed.length} of ${bars.length} bars are missed**; the widest misses come first.`
  return [
    `A *bar* is what the default configuration must reach on two public intent sets. ${verdict}`,
    [
      '| figure, in % | measured | bar |',
      '| --- | ---: | ---: |',
      ...[...missed, ...met].slice(0, MOST_ROWS).map(row),
    ].join('\n'),
    `${conditionsLine(measured)} All tables, what they do not say, and how to measure again: [how well it decides](docs/benchmarks.md).${speedLine()}`,
  ].join('\n\n')
}

function row(bar: MeasuredBar): string {
  const percent = (share: number): string => (100 * share).toFixed(1)
  const limit = bar.atLeast === undefined ? `≤ ${percent(bar.atMost!)}` : `≥ ${percent(bar.atLeast)}`
  const value = percent(bar.value)
  return `| ${bar.title}${bar.isMet ? '' : ', **missed**'} | ${bar.isMet ? value : `**${value}**`} | ${limit} |`
}

function conditionsLine(measured: readonly Pick<ResultFile<object>, 'conditions'>[]): string {
  const distinct = [
    ...new Set(
      measured.map(
        ({ conditions: { commit, hasLocalChanges, date, node, machine } }) =>
          `commit \`${commit.slice(0, 10)}\`${hasLocalChanges ? ' with changes not committed' : ''}, ${date}, Node ${node.slice(1)}, ${machine.processor}, ${machine.cores} cores`,
      ),
    ),
  ]
  return `Measured at ${distinct.join('; ')}.${measured.every(isOfShippedEncoder) ? '' : ' **Some of that with an earlier encoder than the one here:** run `npm run bench:quality`.'}`
}

function isOfShippedEncoder({ conditions }: Pick<ResultFile<object>, 'conditions'>): boolean {
  const weights = new URL('../src/encoders/builtin/model/strata-encoder-1.bin', import.meta.url)
  return parseModelFile(readFileSync(weights)).fingerprint === conditions.encoder.fingerprint
}

function speedLine(): string {
  const page = new URL('../docs/speed.md', import.meta.url)
  return existsSync(page) ? ' Time and memory: [how fast it is](docs/speed.md).' : ''
}

/** The README with other figures. */
export function withFigures(readme: string, figures: string): string {
  const start = readme.indexOf(START)
  const end = readme.indexOf(END)
  if (start < 0 || end < start)
    throw new Error(`README.md has no lines ${START.trim()} and ${END}, in this order.`)
  return `${readme.slice(0, start + START.length)}${figures}\n${readme.slice(end)}`
}

/** Bar titles that are to be shown and that no bar has; empty when all is well. */
export function unknownTitles(known: readonly string[]): string[] {
  return SHOWN.filter((title) => !known.includes(title))
}

if (import.meta.main) {
  const readme = readFileSync(readmeFile, 'utf8')
  const withCommands = withOutput(readme, runGuide(readme))
  const withProgram = withSnippetOutput(withCommands, 'route.mjs', await runSnippet(readme, 'route.mjs'))
  const withServer = await withDemo(async (url) => {
    const asked = withAnswers(withProgram, await askAsShown(readme, url))
    return withSnippetOutput(asked, 'ask.mjs', await runSnippet(readme, 'ask.mjs', url))
  })
  writeFileSync(readmeFile, withFigures(withServer, readmeFigures()))
}
