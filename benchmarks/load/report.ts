import type { Conditions } from '../quality/result-file.ts'
import { barsOf, isMet, type LoadBar, median, perCpuSecond, perSecond, ratiosOf } from './bars.ts'
import type { Comparison, LoadResult, OverloadOutcome, Round } from './tasks.ts'

export type LoadFile = LoadResult & {
  readonly conditions: Conditions & {
    /** Processes that wanted to run at the end, over five minutes, those of the benchmark included. */
    readonly load: number
    /** Whether server and generator were held to a core each. */
    readonly isPinned: boolean
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join(
    '\n',
  )
}

const thousands = (value: number): string => Math.round(value).toLocaleString('en-US')

/** Median, and from the least to the most. */
function spread(values: readonly number[], digits: number): string {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return Number.isNaN(least)
    ? 'not known'
    : `${median(values).toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`
}

function barRow(bar: LoadBar): string[] {
  const unit = bar.unit === 'x' ? 'x' : ' s'
  const sign = bar.isLeast ? '≥' : '≤'
  return [
    bar.what,
    isMet(bar) ? 'met' : '**missed**',
    `${bar.measured.toFixed(2)}${unit}`,
    `${sign} ${bar.limit}${unit}`,
    bar.goal === undefined ? '' : `${sign} ${bar.goal}${unit}`,
  ]
}

const figuresOf = (name: string, rounds: readonly Round[]): string[] => [
  name,
  thousands(median(rounds.map(perSecond))),
  spread(
    rounds.map((round) => 1e6 / (perCpuSecond(round) ?? Number.NaN)),
    1,
  ),
  spread(
    rounds.map((round) => round.cores ?? Number.NaN),
    2,
  ),
  median(rounds.map((round) => round.p50Ms)).toFixed(2),
  median(rounds.map((round) => round.p99Ms)).toFixed(2),
]

function comparisonTables(baseName: string, ourName: string, unit: string, comparison: Comparison): string {
  return `${table(
    ['', `${unit} a second`, `processor µs a ${unit.replace(/s$/, '')}`, 'cores used', 'p50 ms', 'p99 ms'],
    [figuresOf(baseName, comparison.base), figuresOf(ourName, comparison.ours)],
  )}

Ratio of ${unit} a second: ${spread(ratiosOf(comparison, perSecond), 2)}; per second of the server's processor time: ${spread(ratiosOf(comparison, perCpuSecond), 2)}.`
}

const overloadRow = (outcome: OverloadOutcome): string[] => [
  outcome.what,
  thousands(outcome.connections),
  outcome.offeredPerSecond === null ? 'as fast as answered' : thousands(outcome.offeredPerSecond),
  thousands(outcome.capacityPerSecond),
  thousands(outcome.goodPerSecond),
  `${Math.round((100 * outcome.goodPerSecond) / outcome.capacityPerSecond)}%`,
  thousands(outcome.refusedPerSecond),
  thousands(outcome.p99Ms),
]

/** docs/load.md, whole. */
export function renderPage(result: LoadFile): string {
  const { conditions, single, withNewWords, batch, batchOfOneClient, workers, refit, overload, start } =
    result
  const { machine } = conditions
  const bars = barsOf(result).sort((a, b) => Number(isMet(a)) - Number(isMet(b)))
  const missed = bars.filter((bar) => !isMet(bar)).length
  return `# What the server carries

Measured over HTTP on loopback with the default configuration and 150 routes of 20 examples of CLINC150. The texts are
the ${thousands(result.texts)} of CLINC150 that are not examples, no two the same. This page is generated from
[the raw result](../benchmarks/load/results/load.json), which has every round; to measure again: \`npm run bench:load\` (about
four minutes), or \`npm run bench:load -- --quick\` to see that it runs.

## Bars, misses first

${missed === 0 ? `All ${bars.length} bars are met.` : `**${missed} of ${bars.length} bars are missed**; they come first.`}

${table(['bar', '', 'measured', 'bar', 'goal'], bars.map(barRow))}

Commit \`${conditions.commit.slice(0, 10)}\`${conditions.hasLocalChanges ? ' with changes not committed' : ''}, ${conditions.date}, Node ${conditions.node}, ${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB. ${
    conditions.isPinned
      ? 'Server and generator have a core each, except where two workers and refits are measured.'
      : 'Server and generator share the cores.'
  } Every figure is a median of rounds in alternating order, with the least and the most in brackets.${
    conditions.load > machine.cores
      ? ` Other work kept the machine busy meanwhile (load ${conditions.load.toFixed(1)}): a server got less than its core, as *cores used* says, and the quicker one lost more by that. The ratio of processor times hardly depends on that, so that the bars take the worse of the two.`
      : ''
  }

## Single decisions

\`POST /v1/route\` over 64 connections against a bare server of \`node:http\` that parses the same body and answers with
${result.answerBytes} bytes made beforehand ([bare-server.ts](../benchmarks/load/bare-server.ts)), the size of a decision.

${comparisonTables('Node alone', 'StrataRouter', 'requests', single)}

With a number at the end of each text, a word that has never come before, so that no cache of words knows it:

${comparisonTables('Node alone', 'StrataRouter', 'requests', withNewWords)}

## Batches

\`POST /v1/route/batch\` with 64 texts over 64 connections, against single decisions.

${comparisonTables('one text a request', '64 texts a request', 'decisions', batch)}

A single decision costs little more over HTTP than in process, so that a batch saves the server little: what it saves is the
way back and forth of a client that has many texts at once. The same over one connection:

${comparisonTables('one text a request', '64 texts a request', 'decisions', batchOfOneClient)}

## Two workers

\`--workers 2\` against \`--workers 1\`; the generator shares their cores, so only processor time can be compared.

${comparisonTables('one worker', 'two workers', 'requests', workers)}

## While a refit runs

${thousands(500)} requests a second over 8 connections in windows of two seconds, which begin with an edit of one route or with nothing.

${table(
  ['', 'without', 'during a refit'],
  [
    [
      'decision, p99 µs',
      spread(
        refit.without.map((window) => window.decisionP99Us),
        0,
      ),
      spread(
        refit.during.map((window) => window.decisionP99Us),
        0,
      ),
    ],
    [
      'request over HTTP, p99 ms',
      spread(
        refit.without.map((window) => window.httpP99Ms),
        2,
      ),
      spread(
        refit.during.map((window) => window.httpP99Ms),
        2,
      ),
    ],
  ],
)}

The *decision* is \`route()\` by the server's own clock, as every answer tells it. A request over HTTP may in addition wait
for the steps in which the snapshot of the refit is loaded, and for a core while the fit has the other.

## Under overload

Either three times the connections that the most is measured with, each sending again when it is answered; or requests
that are due at three times the rate that can be answered, over ${thousands(1024)} connections, whether or not earlier ones are answered. What
has waited too long is refused (\`limits.eventLoopDelayMs\`, \`limits.inFlight\`).

${table(
  [
    '',
    'connections',
    'asked a second',
    'most without',
    'good a second',
    '',
    'refused a second',
    'p99 of the good ms',
  ],
  overload.map(overloadRow),
)}

The time of a good answer counts from when its request was due, so that the flood's include waiting in the client for a connection,
which is nearly all of it: an answer comes within about 1,024 times what one takes of the processor. What the flood loses is lost to
the number of connections ([why](decisions/2026-11-24-refusing-under-overload.md)).

## Start

With ${thousands(start.examples)} examples and the snapshot cached, from the start of the process to the line *ready*:
${spread(
  start.ms.map((ms) => ms / 1000),
  2,
)} s.
`
}
