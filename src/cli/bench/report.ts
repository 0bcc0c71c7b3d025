import { tableLines } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import type { InProcessFigures } from './in-process.ts'
import type { HttpFigures } from './over-http.ts'

/** Under which conditions every figure of one run was measured. */
interface BenchConditions {
  readonly version: string
  readonly date: string
  readonly processor: string
  readonly cores: number
  readonly memoryGb: number
  readonly platform: string
  readonly node: string
  readonly encoder: string
  /** Length of each timed measurement. */
  readonly secondsEach: number
  /** Of the generated route sets. */
  readonly seed: number
  /** Processes that wanted to run, over the last minute, before and after; null where the system does not say. */
  readonly load: readonly [before: number, after: number] | null
}

interface BenchResult {
  readonly conditions: BenchConditions
  readonly inProcess: readonly InProcessFigures[]
  readonly http: {
    readonly url: string
    /** Null when the server was there already: what it serves is then its own. */
    readonly started: {
      readonly routes: number
      readonly examples: number
      readonly startSeconds: number
      readonly residentMbBefore: number
      readonly residentMbAfter: number
    } | null
    readonly ways: readonly HttpFigures[]
  }
}

/** The result for people: tables with units, each followed by the conditions of its figures. */
export function benchLines({ conditions, inProcess, http }: BenchResult, terminal: Terminal): string[] {
  const { started, url, ways } = http
  const heading = (text: string) => terminal.style('bold', text)
  const remark = (text: string) => terminal.style('dim', `  ${text}`)
  const { secondsEach: seconds } = conditions
  return [
    heading('In process: text in, decision out, on one thread'),
    ...tableLines(
      [
        { title: 'routes x examples' },
        ...['fit s', 'snapshot MB', 'load ms', 'memory MB', 'decisions/s', 'p50 µs', 'p99 µs'].map(
          rightColumn,
        ),
      ],
      inProcess.map((set) => [
        `${thousands(set.routes)} x ${figure(set.examples / set.routes)}${set.source === 'demo' ? ' (demo)' : ''}`,
        figure(set.fitSeconds),
        figure(set.snapshotMb),
        figure(set.loadMs),
        figure(set.memoryMb),
        thousands(set.callsPerSecond),
        figure(set.p50Us),
        figure(set.p99Us),
      ]),
      terminal,
    ),
    remark(
      `Each set fitted and loaded once, then asked for ${seconds} s after 2,000 calls to warm up; memory is what loading adds.`,
    ),
    remark(
      `Sets but the demo's are generated (seed ${conditions.seed}): fit for time and memory, not for accuracy.`,
    ),
    '',
    heading(`Over HTTP: ${url}`),
    ...tableLines(
      [
        { title: 'call' },
        ...['connections', 'texts a request', 'requests/s', 'decisions/s', 'p50 ms', 'p99 ms', 'refused'].map(
          rightColumn,
        ),
      ],
      ways.map((way) => [
        `POST ${way.path}`,
        thousands(way.connections),
        thousands(way.textsPerRequest),
        thousands(way.requestsPerSecond),
        thousands(way.decisionsPerSecond),
        figure(way.p50Ms),
        figure(way.p99Ms),
        thousands(way.refused),
      ]),
      terminal,
    ),
    remark(
      `Each for ${seconds} s, every connection sending on its answer; the client is this process and shares the machine. Refused: 503 of a server asked for too much, in no other figure.`,
    ),
    remark(
      started === null
        ? 'The server was there already, with its own routes and its own machine; the texts are generated.'
        : `A server of one process, started here with ${thousands(started.routes)} generated routes of ${figure(started.examples / started.routes)} examples: up in ${figure(started.startSeconds)} s from its cached snapshot, ${figure(started.residentMbBefore)} MB resident then, ${figure(started.residentMbAfter)} MB after these requests.`,
    ),
    '',
    heading('Conditions'),
    `  StrataRouter ${conditions.version}, encoder ${conditions.encoder}, Node ${conditions.node}, ${conditions.platform}, ${conditions.date}`,
    `  ${conditions.processor}, ${conditions.cores} cores, ${conditions.memoryGb} GB${conditions.load ? `, load ${figure(conditions.load[0])} before and ${figure(conditions.load[1])} after` : ''}`,
  ]
}

const rightColumn = (title: string) => ({ title, align: 'right' }) as const
const thousands = (value: number): string => Math.round(value).toLocaleString('en-US')

function figure(value: number): string {
  if (value >= 100 || Number.isInteger(value)) return thousands(value)
  return value.toFixed(value >= 10 ? 1 : 2)
}
