import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Decision } from '../contracts/index.ts'
import { Histogram } from './histogram.ts'

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

  constructor(name: string) {
    this.name = name
  }

  /** @param overheadSeconds the part of `seconds` not spent waiting for calls to others */
  done(status: number, seconds: number, overheadSeconds: number): void {
    const index = status - 100
    if (index >= 0 && index < 500) this.statuses[index] = (this.statuses[index] as number) + 1
    this.durationSeconds.observe(seconds)
    this.overheadSeconds.observe(overheadSeconds)
  }
}

/** The figures of one process, rendered as Prometheus text when asked. Counting allocates nothing. */
export class Metrics {
  inFlight = 0
  readonly #operations = new Map<string, Operation>()
  readonly #decisions = new Map<string, Map<string, { count: number }>>()
  readonly #confidence = new Histogram(CONFIDENCE_BOUNDS)
  readonly #processRegistry = new Registry()

  constructor() {
    collectDefaultMetrics({ register: this.#processRegistry })
  }

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
      const label = this.#decisions.size < ROUTE_LABEL_LIMIT ? route : OTHER
      reasons = this.#decisions.get(label) ?? new Map()
      this.#decisions.set(label, reasons)
    }
    const counter = reasons.get(decision.reason)
    if (counter === undefined) reasons.set(decision.reason, { count: 1 })
    else counter.count++
    this.#confidence.observe(decision.confidence)
  }

  /** Prometheus text format 0.0.4. */
  async render(): Promise<string> {
    const operations = [...this.#operations.values()]
    return [
      header('stratarouter_requests_total', 'counter', 'Requests answered, by operation and HTTP status.'),
      ...operations.map(renderStatuses),
      header('stratarouter_request_duration_seconds', 'histogram', 'Time from request to answer.'),
      ...operations.map((operation) =>
        operation.durationSeconds.render(
          'stratarouter_request_duration_seconds',
          label('operation', operation.name),
        ),
      ),
      header(
        'stratarouter_overhead_seconds',
        'histogram',
        'Request time less the time spent waiting for others.',
      ),
      ...operations.map((operation) =>
        operation.overheadSeconds.render('stratarouter_overhead_seconds', label('operation', operation.name)),
      ),
      header('stratarouter_decisions_total', 'counter', 'Decisions, by route (_none: no match) and reason.'),
      ...[...this.#decisions].flatMap(([route, reasons]) =>
        [...reasons].map(
          ([reason, { count }]) =>
            `stratarouter_decisions_total{${label('route', route)},${label('reason', reason)}} ${count}\n`,
        ),
      ),
      header(
        'stratarouter_decision_confidence',
        'histogram',
        'Confidence of the best candidate of each decision.',
      ),
      this.#confidence.render('stratarouter_decision_confidence', ''),
      header('stratarouter_in_flight', 'gauge', 'Requests being answered now.'),
      `stratarouter_in_flight ${this.inFlight}\n`,
      await this.#processRegistry.metrics(),
    ].join('')
  }
}

function renderStatuses(operation: Operation): string {
  let text = ''
  for (const [index, count] of operation.statuses.entries()) {
    if (count === 0) continue
    text += `stratarouter_requests_total{${label('operation', operation.name)},${label('status', String(index + 100))}} ${count}\n`
  }
  return text
}

const header = (name: string, type: string, help: string): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`

const label = (name: string, value: string): string =>
  `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
