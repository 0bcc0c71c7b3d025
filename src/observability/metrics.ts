import type { Decision } from '../contracts/index.ts'
import { Histogram } from './histogram.ts'
import { joinLabels, label, type MetricFamily, renderFamilies } from './metric-family.ts'
import { ProcessRecorder } from './process-figures.ts'

/** Seconds: 25 µs to 10 s, as a decision takes tens of microseconds and a fit seconds. */
const DURATION_BOUNDS = [
  0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
  5, 10,
]
const CONFIDENCE_BOUNDS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 1]

/** Route names that get a label of their own; those that come later are counted together as `_other`. */
const ROUTE_LABEL_LIMIT = 1000
const OTHER = '_other'
const NO_MATCH = '_none'

/** One kind of request; keep the object and reuse it, so that counting a request looks nothing up. */
export class Operation {
  readonly name: string
  readonly durationSeconds = new Histogram(DURATION_BOUNDS)
  readonly overheadSeconds = new Histogram(DURATION_BOUNDS)
  /** By HTTP status - 100, for 100..599. */
  readonly statuses = new Float64Array(500)
  #isUsed = false

  constructor(name: string) {
    this.name = name
  }

  /** Whether any request of this kind was answered. */
  get isUsed(): boolean {
    return this.#isUsed
  }

  /** @param overheadSeconds the part of `seconds` not spent waiting for calls to others */
  done(status: number, seconds: number, overheadSeconds: number): void {
    this.#isUsed = true
    const index = status - 100
    if (index >= 0 && index < 500) this.statuses[index] = (this.statuses[index] as number) + 1
    this.durationSeconds.observe(seconds)
    this.overheadSeconds.observe(overheadSeconds)
  }
}

/** What counts something and tells it when asked. */
export interface MetricSource {
  families(): readonly MetricFamily[]
}

/** Puts the figures of this process and of those that serve with it together; the text is Prometheus'. */
type GatherFigures = () => Promise<string>

/** The figures of one process. Counting allocates nothing; text is made when asked. */
export class Metrics implements MetricSource {
  inFlight = 0
  /** Of those in flight, calls of models: they mostly wait for others, and have limits of their own. */
  modelCalls = 0
  readonly #operations = new Map<string, Operation>()
  readonly #decisions = new Map<string, Map<string, { count: number }>>()
  readonly #confidence = new Histogram(CONFIDENCE_BOUNDS)
  readonly #sources: MetricSource[] = []
  readonly #process = new ProcessRecorder()
  #gather: GatherFigures = async () => renderFamilies(await this.all())

  /** The operation of that name, made at the first call. Names come from the code, never from a request. */
  operation(name: string): Operation {
    let operation = this.#operations.get(name)
    if (operation === undefined) {
      operation = new Operation(name)
      this.#operations.set(name, operation)
    }
    return operation
  }

  recordDecision(decision: Decision): void {
    const route = decision.route ?? NO_MATCH
    let reasons = this.#decisions.get(route)
    if (reasons === undefined) {
      const name = this.#decisions.size < ROUTE_LABEL_LIMIT ? route : OTHER
      reasons = this.#decisions.get(name) ?? new Map()
      this.#decisions.set(name, reasons)
    }
    const counter = reasons.get(decision.reason)
    if (counter === undefined) reasons.set(decision.reason, { count: 1 })
    else counter.count++
    this.#confidence.observe(decision.confidence)
  }

  /** Tells what `source` counts with the rest. */
  include(source: MetricSource): void {
    this.#sources.push(source)
  }

  /** Lets `render` answer for several processes. */
  gatherWith(gather: GatherFigures): void {
    this.#gather = gather
  }

  /** Prometheus text format 0.0.4; of all processes that serve together. */
  render(): Promise<string> {
    return this.#gather()
  }

  /** All figures of this process. */
  async all(): Promise<MetricFamily[]> {
    return [
      ...this.families(),
      ...this.#sources.flatMap((source) => source.families()),
      ...(await this.#process.families()),
    ]
  }

  /** What requests and decisions have been counted, and what is in flight. */
  families(): readonly MetricFamily[] {
    // Each would take 40 lines, and most servers are never asked for most of them.
    const operations = [...this.#operations.values()].filter(({ isUsed }) => isUsed)
    const durations = (
      of: 'durationSeconds' | 'overheadSeconds',
    ): Pick<MetricFamily, 'bounds' | 'series'> => ({
      bounds: DURATION_BOUNDS,
      series: new Map(
        operations.map((operation) => [label('operation', operation.name), operation[of].value()]),
      ),
    })
    return [
      {
        name: 'stratarouter_requests_total',
        type: 'counter',
        help: 'Requests answered, by operation and HTTP status.',
        merge: 'sum',
        series: new Map(operations.flatMap(statusSeries)),
      },
      {
        name: 'stratarouter_request_duration_seconds',
        type: 'histogram',
        help: 'Time from request to answer.',
        merge: 'sum',
        ...durations('durationSeconds'),
      },
      {
        name: 'stratarouter_overhead_seconds',
        type: 'histogram',
        help: 'Request time less the time spent waiting for others.',
        merge: 'sum',
        ...durations('overheadSeconds'),
      },
      {
        name: 'stratarouter_decisions_total',
        type: 'counter',
        help: 'Decisions, by route (_none: no match) and reason.',
        merge: 'sum',
        series: new Map(
          [...this.#decisions].flatMap(([route, reasons]) =>
            [...reasons].map(([reason, { count }]): [string, number] => [
              joinLabels(label('route', route), label('reason', reason)),
              count,
            ]),
          ),
        ),
      },
      {
        name: 'stratarouter_decision_confidence',
        type: 'histogram',
        help: 'Confidence of the best candidate of each decision.',
        merge: 'sum',
        bounds: CONFIDENCE_BOUNDS,
        series: new Map([['', this.#confidence.value()]]),
      },
      {
        name: 'stratarouter_in_flight',
        type: 'gauge',
        help: 'Requests being answered now.',
        merge: 'sum',
        series: new Map([['', this.inFlight]]),
      },
    ]
  }
}

function statusSeries(operation: Operation): [string, number][] {
  return [...operation.statuses.entries()]
    .filter(([, count]) => count > 0)
    .map(([index, count]) => [
      joinLabels(label('operation', operation.name), label('status', String(index + 100))),
      count,
    ])
}
