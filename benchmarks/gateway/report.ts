import { median } from '../load/bars.ts'
import type { Conditions } from '../quality/result-file.ts'
import {
  addedBy,
  barsOf,
  crowdGrowthMb,
  type GatewayBar,
  isMet,
  mostWithin,
  p50Ms,
  p99Ms,
  perCpuSecond,
  perSecond,
  ratiosTo,
} from './bars.ts'
import { ARRIVAL_SECONDS, CONNECTIONS, OPEN_CONNECTIONS, OPEN_PER_SECOND } from './measure.ts'
import { LASTING_PACE_MS, PACE_MS, SLOW_MS } from './sides.ts'
import type { GatewayResult, Round, Rounds, Side, StreamRound } from './tasks.ts'

export type GatewayFile = GatewayResult & {
  readonly conditions: Conditions & {
    /** Processes that wanted to run at the end, over five minutes, those of the benchmark included. */
    readonly load: number
    /** Whether what is measured has a core to itself, and mock and generator the other. */
    readonly isPinned: boolean
    /** Version of `@portkey-ai/gateway`. */
    readonly portkey: string
  }
}

const NAMES: Readonly<Record<Side, string>> = {
  direct: 'the mock alone',
  bare: 'bare proxy',
  ours: 'StrataRouter, model named',
  routed: 'StrataRouter, `auto`',
  portkey: 'Portkey',
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
  return values.length === 0 || Number.isNaN(least)
    ? 'not known'
    : `${median(values).toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`
}

const DIGITS: Readonly<Record<GatewayBar['unit'], number>> = { x: 2, ms: 2, MB: 1, events: 0, streams: 0 }

function barRow(bar: GatewayBar): string[] {
  const unit = bar.unit === 'x' ? 'x' : ` ${bar.unit}`
  const sign = bar.isLeast ? '≥' : '≤'
  return [
    bar.what,
    isMet(bar) ? 'met' : '**missed**',
    `${bar.measured.toFixed(DIGITS[bar.unit])}${unit}`,
    `${sign} ${bar.limit}${unit}`,
    bar.goal === undefined ? '' : `${sign} ${bar.goal}${unit}`,
  ]
}

const entriesOf = <Each>(rounds: Rounds<Each>) => Object.entries(rounds) as [Side, readonly Each[]][]

const figures = (rounds: readonly Round[]): string[] => [
  thousands(median(rounds.map(perSecond))),
  spread(
    rounds.map(({ cpuUs }) => cpuUs ?? Number.NaN),
    0,
  ),
  median(rounds.map(({ cores }) => cores ?? Number.NaN)).toFixed(2),
  median(rounds.map(p50Ms)).toFixed(2),
  median(rounds.map(p99Ms)).toFixed(2),
]

const figuresHead = ['', 'requests a second', 'processor µs a request', 'cores used', 'p50 ms', 'p99 ms']

/** With what each side adds to the mock alone. */
const addedTable = (rounds: Rounds): string =>
  table(
    [...figuresHead, 'added p50 ms', 'added p99 ms'],
    entriesOf(rounds).map(([side, list]) => [
      NAMES[side],
      ...(side === 'direct'
        ? [thousands(median(list.map(perSecond))), '', '', ...figures(list).slice(3), '', '']
        : [...figures(list), ...[p50Ms, p99Ms].map((of) => spread(addedBy(side, rounds, of), 2))]),
    ]),
  )

const throughputTable = (rounds: Rounds): string =>
  table(
    [...figuresHead, 'StrataRouter by it', 'in processor time'],
    entriesOf(rounds).map(([side, list]) => [
      NAMES[side],
      ...figures(list),
      ...(side === 'ours'
        ? ['', '']
        : [perSecond, perCpuSecond].map((of) => `${spread(ratiosTo(side, rounds, of), 2)}`)),
    ]),
  )

const BOUNDS_MS = [1, 5, 10]

function frontierTables(frontier: GatewayResult['frontier']): string {
  const lists = entriesOf(frontier).map(([side, points]) => ({ side, points: points ?? [] }))
  const most = table(
    ['requests a second with', ...BOUNDS_MS.map((bound) => `p99 ≤ ${bound} ms`)],
    lists.map(({ side, points }) => [
      NAMES[side],
      ...BOUNDS_MS.map((bound) => {
        const found = mostWithin(points, bound)
        return found === 0 ? 'none' : thousands(found)
      }),
    ]),
  )
  const all = table(
    ['connections', ...lists.map(({ side }) => `${NAMES[side]}: a second, p99 ms`)],
    (lists[0]?.points ?? []).map(({ connections }, index) => [
      `${connections}`,
      ...lists.map(({ points }) => {
        const point = points[index]!
        return `${thousands(point.perSecond)}, ${point.p99Ms.toFixed(1)}`
      }),
    ]),
  )
  return `${most}\n\n${all}`
}

const streamTable = (rounds: Rounds<StreamRound>): string => {
  const columns: readonly ((round: StreamRound) => number)[] = [
    (round) => round.firstP50Ms,
    (round) => round.firstP99Ms,
    (round) => round.gapP50Ms,
    (round) => round.gapP99Ms,
  ]
  const cells = (side: Side, list: readonly StreamRound[], of: (round: StreamRound) => number) =>
    side === 'direct' ? median(list.map(of)).toFixed(2) : spread(addedBy(side, rounds, of), 2)
  return table(
    ['', 'first event p50 ms', 'p99 ms', 'gap between events p50 ms', 'p99 ms'],
    entriesOf(rounds).map(([side, list]) => [
      side === 'direct' ? `${NAMES[side]}, in all` : `${NAMES[side]}, added`,
      ...columns.map((of) => cells(side, list, of)),
    ]),
  )
}

const crowdTable = (crowd: GatewayResult['crowd']): string =>
  table(
    [
      'wave',
      'streams',
      'seconds',
      'events that came',
      'of',
      'streams broken',
      'refused',
      'memory after it MB',
    ],
    crowd.map((wave, index) => [
      `${index + 1}`,
      thousands(wave.streams),
      wave.seconds.toFixed(2),
      thousands(wave.events),
      thousands(wave.expectedEvents),
      `${wave.brokenStreams}`,
      `${wave.refusedStreams}`,
      wave.rssMb.toFixed(1),
    ]),
  )

const isBusy = ({ load, machine }: GatewayFile['conditions']) => load > machine.cores

/** docs/gateway-speed.md, whole. */
export function renderPage(result: GatewayFile): string {
  const { conditions, latency, openLoop, alone, throughput, frontier, streams, crowd, memory } = result
  const { machine } = conditions
  const bars = barsOf(result).sort((a, b) => Number(isMet(a)) - Number(isMet(b)))
  const missed = bars.filter((bar) => !isMet(bar)).length
  return `# How fast the gateway is

What it costs that StrataRouter stands between a client and a provider, beside [Portkey's gateway](https://github.com/Portkey-AI/gateway)
and a proxy that does nothing but pass bytes on. This page is generated from
[the raw result](../benchmarks/gateway/results/gateway.json), which has every round; to measure again: \`npm ci --prefix benchmarks\`, then
\`npm run bench:gateway\` (under five minutes), or \`npm run bench:gateway -- --quick\` to see that it runs.

## Bars, misses first

${missed === 0 ? `All ${bars.length} bars are met.` : `**${missed} of ${bars.length} bars are missed**; they come first.`}

${table(['bar', '', 'measured', 'bar', 'goal'], bars.map(barRow))}

Commit \`${conditions.commit.slice(0, 10)}\`${conditions.hasLocalChanges ? ' with changes not committed' : ''}, ${conditions.date}, ${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB.

## What to know before reading on

- Everything runs on one machine over loopback: no network, no TLS. ${
    conditions.isPinned
      ? 'What is measured has one core to itself; mock provider and load generator share another.'
      : 'All processes share the cores.'
  }
- All sides run on Node ${conditions.node}: StrataRouter as it is built and started by \`serve\`, one process; Portkey ${conditions.portkey} from its package by its own
  command with \`--headless\`, told the provider in headers, with \`@hono/node-server\` 1.14.1, the latest version of what it stands on with which it streams
  ([Portkey-AI/gateway#1389](https://github.com/Portkey-AI/gateway/issues/1389)); the [bare proxy](../benchmarks/gateway/bare-proxy.ts), of \`node:http\` and undici, reads a body, sends it
  on and pipes the answer.
- The sides do not do the same. The bare proxy checks and counts nothing; Portkey was built to run elsewhere too, and is used here as
  its command starts it. StrataRouter checks the request, chooses the model, applies its policies (timeouts, retries, breaker, limits), counts tokens and cost;
  with \`auto\` it also decides among 150 routes.
- The [mock provider](../src/testing/README.md) answers with prepared bytes: requests of ${thousands(result.requestBytes)} bytes, answers of ${thousands(result.answerBytes)}. Longer ones cost every side more. No two
  requests under way are the same, so that none is answered by another's answer.
- *Added* is a percentile less the same percentile of the mock alone in the same round; percentiles of 99 hang on few requests and differ most.
- Every figure is a median of rounds in alternating order, with the least and the most in brackets. Any answer but 200 fails the whole run, but for streams of the crowd, where it is counted.
- Bifrost is not here: its Go module could not be had from the module proxy when this was made (*403, this module version is not available*), so it was not built.${
    isBusy(conditions)
      ? `\n- **Other work kept the machine busy meanwhile** (load ${conditions.load.toFixed(1)}): times are longer than they need be; processor time a request hardly depends on that.`
      : ''
  }

## Added latency

A model that takes ${SLOW_MS} ms, ${CONNECTIONS} connections that send again when they are answered:

${addedTable(latency)}

The same model, ${thousands(OPEN_PER_SECOND)} requests due each second whether or not earlier ones are answered, over up to ${OPEN_CONNECTIONS} connections; time counts from when a request was
due, so that waiting is never left out. The generator sends what is due once in a millisecond, for every side alike. Portkey is not here, as it does not reach this rate on a core.

${addedTable(openLoop)}

A model that answers at once, one connection:

${addedTable(alone)}

## Throughput

A model that answers at once, ${CONNECTIONS} connections. Where a side uses less than its core, mock and generator hold it up; processor time a request does not depend
on that, and the bars take the worse of the two ratios.

${throughputTable(throughput)}

The same over more and more connections, and the most that each side reaches within a bound on p99:

${frontierTables(frontier)}

## Streams

${result.events} events, ${PACE_MS} ms apart, ${CONNECTIONS} connections: until the first event, and between events.

${streamTable(streams)}

Many streams under way at once, one a connection: they begin within ${ARRIVAL_SECONDS} s and take ${(result.events * LASTING_PACE_MS) / 1000} s each, an event every ${LASTING_PACE_MS} ms. Every event is compared
with what the mock alone sends:

${crowdTable(crowd)}

Memory grew by ${crowdGrowthMb(crowd).toFixed(1)} MB from the middle waves to the last.

## Memory

Resident, in MB; one process each.

${table(
  ['', 'before the first request', 'after all of the above'],
  (['bare', 'ours', 'portkey'] as const).map((side) => [
    side === 'ours' ? 'StrataRouter, with 150 routes' : NAMES[side],
    ...[memory[side]?.idleMb, memory[side]?.afterMb].map((mb) => (mb ?? Number.NaN).toFixed(1)),
  ]),
)}
`
}
