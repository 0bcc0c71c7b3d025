import { Counter } from './counter.ts'
import { Gauge } from './gauge.ts'
import type { MetricFamily } from './metric-family.ts'
import type { MetricSource } from './metrics.ts'

/** What waits in the bounded queues of the process, and what found no room in them. */
export class QueueFigures implements MetricSource {
  readonly #bytes = new Map<string, () => number>()
  readonly #dropped = new Counter({
    name: 'stratarouter_dropped_total',
    help: 'What was dropped as a queue was full, or could not be written before the end.',
    labels: ['queue'],
  })
  readonly #waiting = new Gauge({
    name: 'stratarouter_queue_bytes',
    help: 'Memory of what waits in a queue, about.',
    labels: ['queue'],
    merge: 'sum',
    measure: () => [...this.#bytes].map(([queue, bytes]) => [[queue], bytes()]),
  })

  /** Tells of one more queue; what comes back is the count of what it drops. */
  follow(queue: string, bytes: () => number): { count: number } {
    this.#bytes.set(queue, bytes)
    return this.#dropped.series(queue)
  }

  families(): readonly MetricFamily[] {
    return [...this.#waiting.families(), ...this.#dropped.families()]
  }
}
