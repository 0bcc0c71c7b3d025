import type { Conditions } from '../quality/result-file.ts'
import { type Bar, barsOf, exponentOf, isMet, lengthPoints, routePoints } from './bars.ts'
import type { MeasuredShape, SetShape, SpeedResult } from './tasks.ts'

export type SpeedFile = SpeedResult & {
  /** `load`: processes that wanted to run at the end, over five minutes; more than the cores have disturbed it. */
  readonly conditions: Conditions & { readonly load: number }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join(
    '\n',
  )
}

const thousands = (value: number): string => value.toLocaleString('en-US')
function figure(value: number): string {
  if (value >= 100) return thousands(Math.round(value))
  return value.toFixed(value >= 10 ? 1 : 2)
}

function barRow(bar: Bar): string[] {
  const unit = bar.unit === 'us' ? ' µs' : bar.unit === '' ? '' : ` ${bar.unit}`
  const measured = bar.measured === undefined ? 'not measured' : `${figure(bar.measured)}${unit}`
  const verdict = bar.measured === undefined ? '' : isMet(bar) ? 'met' : '**missed**'
  const goal = bar.goal === undefined ? '' : `${thousands(bar.goal)}${unit}`
  return [bar.what, verdict, measured, `≤ ${thousands(bar.limit)}${unit}`, goal]
}

const shapeName = ({ source, routes, examples }: SetShape): string =>
  `${thousands(routes)} x ${examples}${source === 'synthetic' ? ' *' : ''}`

function setRow(set: MeasuredShape): string[] {
  const { fit, serve } = set
  return [
    shapeName(set),
    figure(fit.seconds),
    figure(fit.peakRssMb),
    figure(fit.snapshotBytes / 1e6),
    `${figure(serve.firstLoadMs)} / ${figure(serve.loadMs)}`,
    figure(serve.rssAfterMb - serve.rssBeforeMb),
    figure(serve.latency.threadMeanUs),
    figure(serve.latency.p50Us),
    figure(serve.latency.p99Us),
    (100 * serve.accuracy).toFixed(1),
  ]
}

/** docs/speed.md, whole. */
export function renderPage(result: SpeedFile): string {
  const { conditions, sets, texts, heads, server } = result
  const bars = barsOf(result).sort((a, b) => Number(isMet(a)) - Number(isMet(b)))
  const missed = bars.filter((bar) => !isMet(bar)).length
  const { machine } = conditions
  const bySize = [...sets].sort((a, b) => a.routes - b.routes || a.examples - b.examples)
  return `# How fast it is

Measured in process with the default configuration: text in, decision out, words, vector, head, out-of-scope score and
calibration included. This page is generated from [the raw result](../benchmarks/speed/results/speed.json); to measure
again: \`npm run bench:speed\` (about ten minutes), or \`npm run bench:speed -- --quick\` to see that it runs.

## Bars, misses first

${missed === 0 ? `All ${bars.length} bars are met.` : `**${missed} of ${bars.length} bars are missed**; they come first.`}

${table(['bar', '', 'measured', 'bar', 'goal'], bars.map(barRow))}

Commit \`${conditions.commit.slice(0, 10)}\`${conditions.hasLocalChanges ? ' with changes not committed' : ''}, ${conditions.date}, Node ${conditions.node}, ${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB, one core used. The mean and the long texts are
time of the thread in the best of many rounds, percentiles those of the round least disturbed; fits run once. ${
    conditions.load > machine.cores / 2 + 0.6
      ? `Other work kept the machine busy meanwhile (load ${conditions.load.toFixed(1)}): percentiles, loads and fits, which are times of the clock, are longer than on a quiet machine.`
      : ''
  }

## By size of the route set

${table(
  [
    'routes x examples',
    'fit s',
    'most memory in the fit MB',
    'snapshot MB',
    'load ms, first / later',
    'memory when loaded MB',
    'mean µs',
    'p50 µs',
    'p99 µs',
    'right %',
  ],
  bySize.map(setRow),
)}

The memory of a fit is that of the whole process, encoder and Node (about ${figure(sets[0]?.fit.rssBeforeMb ?? 0)} MB) included; the memory when loaded is
what loading added. Sets without a mark are routes of CLINC150 with its test texts as queries. Sets marked * are made
by [route-sets.ts](../benchmarks/speed/route-sets.ts), since no public set has so many routes: an intent of CLINC150 or
HWU64 at an owner with an invented name, half of the texts naming an invented topic too; *right* says that they are
neither trivial nor hopeless, nothing about your routes.

Up to about 450 routes of ten examples every class is fitted against every other. Beyond (1,000 million steps a pass, or
60 million weights) each example is fitted against the 14 classes that come nearest to it and one stand-in for all
others, and a class keeps weights for its strongest 150 to 512 words and n-grams. Both on the same sets, with validation
texts as queries:

${table(
  ['routes x examples', 'full fit s', 'against rivals s', 'full fit right %', 'against rivals right %'],
  heads.map((set) => [
    shapeName(set),
    figure(set.full.seconds),
    figure(set.rivals.seconds),
    (100 * set.full.accuracy).toFixed(1),
    (100 * set.rivals.accuracy).toFixed(1),
  ]),
)}

## Memory of the server

With 150 routes of 100 examples, resident, as \`npm start\` and \`npm run cli -- serve\` start it; it reports this itself at
\`/metrics\`. Node alone takes about 45 MB.

${table(
  ['', 'MB'],
  [
    ['after a first start, which fits the set', figure(server.afterFitMb)],
    ['after a start from the cached snapshot', figure(server.idleMb)],
    ...server.afterRequests.map(({ requests, mb }) => [
      `after ${thousands(requests)} requests over 16 connections`,
      figure(mb),
    ]),
  ],
)}

## Growth

| | exponent | |
| --- | ---: | --- |
| p50 by number of routes, 156 to 10,000 | ${exponentOf(routePoints(result)).toFixed(2)} | ${routePoints(
    result,
  )
    .map(([routes, us]) => `${thousands(routes)}: ${figure(us)} µs`)
    .join(', ')} |
| by length of the text, 256 to 32,768 characters | ${exponentOf(lengthPoints(result)).toFixed(2)} | ${texts.lengths.map(({ units, ms }) => `${thousands(units)}: ${figure(ms * 1000)} µs`).join(', ')} |

An exponent of 1 is linear growth, by least squares over the logarithms.

## Long and hostile texts

32 KiB each, at 150 routes x 20 examples, the mean of many calls; a long text is scored as a whole and in up to 16 parts.

${table(
  ['text', 'characters', 'ms'],
  [...texts.hostile]
    .sort((a, b) => b.ms - a.ms)
    .map(({ name, units, ms }) => [name, thousands(units), figure(ms)]),
)}
`
}
