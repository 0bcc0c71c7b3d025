import {
  type MetricFamily,
  mergeFamilies,
  ProcessRecorder,
  renderFamilies,
  withoutGauges,
} from '../../observability/index.ts'
import type { ToWorker } from './messages.ts'

/** A worker that does not answer in this time counts with what it said last. */
const ANSWER_MS = 1000

/** Enough of a worker to ask it for its figures. */
interface AskedWorker {
  /** Unique; a worker that takes the place of another has an id of its own. */
  readonly id: number
  /** The label `worker`. */
  readonly number: number
  send(message: ToWorker): void
}

interface Asking {
  readonly missing: Set<number>
  readonly done: () => void
}

/** The figures of all workers as those of one server. No counter goes back when a worker ends. */
export class FiguresOfAll {
  readonly #workers: () => readonly AskedWorker[]
  readonly #own: () => readonly MetricFamily[]
  readonly #process = new ProcessRecorder()
  /** What each living worker said last, by id. */
  readonly #last = new Map<number, { readonly number: number; readonly families: readonly MetricFamily[] }>()
  /** What workers that have ended had counted. */
  #ended: readonly MetricFamily[] = []
  readonly #asking = new Map<number, Asking>()
  #requests = 0

  /**
   * @param workers those that can answer now
   * @param own what the supervisor itself counts
   */
  constructor(workers: () => readonly AskedWorker[], own: () => readonly MetricFamily[]) {
    this.#workers = workers
    this.#own = own
  }

  /** Prometheus text of all; within about a second, whoever does not answer. */
  async render(): Promise<string> {
    await this.ask()
    const own = await this.#process.families()
    return renderFamilies(
      mergeFamilies([
        ...this.#known(),
        { worker: 'supervisor', families: this.#own() },
        { worker: 'supervisor', families: own },
      ]),
    )
  }

  /** Whether any worker has been asked if it is ready, as far as is known. */
  get wasAskedWhetherReady(): boolean {
    const requests = mergeFamilies(this.#known()).find(({ name }) => name === 'stratarouter_requests_total')
    return [...(requests?.series.keys() ?? [])].some((labels) => labels.includes('operation="healthReady"'))
  }

  /** Has every worker say its figures. */
  ask(): Promise<void> {
    const workers = this.#workers()
    if (workers.length === 0) return Promise.resolve()
    const request = ++this.#requests
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#asking.delete(request)
        resolve()
      }
      const timer = setTimeout(done, ANSWER_MS)
      this.#asking.set(request, { missing: new Set(workers.map(({ id }) => id)), done })
      for (const worker of workers) worker.send({ kind: 'report', request })
    })
  }

  /** Takes what a worker says. */
  take({ id, number }: Omit<AskedWorker, 'send'>, request: number, families: readonly MetricFamily[]): void {
    this.#last.set(id, { number, families })
    this.#answered(request, id)
  }

  /** Keeps what a worker had counted when it ended. */
  end(id: number): void {
    const last = this.#last.get(id)
    this.#last.delete(id)
    if (last) {
      const { number, families } = last
      this.#ended = mergeFamilies([
        { worker: '', families: this.#ended },
        { worker: String(number), families: withoutGauges(families) },
      ])
    }
    for (const request of [...this.#asking.keys()]) this.#answered(request, id)
  }

  #answered(request: number, id: number): void {
    const asking = this.#asking.get(request)
    asking?.missing.delete(id)
    if (asking?.missing.size === 0) asking.done()
  }

  #known() {
    return [
      ...[...this.#last.values()].map(({ number, families }) => ({ worker: String(number), families })),
      { worker: '', families: this.#ended },
    ]
  }
}

/** What the supervisor itself counts. */
export function workerFigures(serving: number, restarts: number): MetricFamily[] {
  return [
    {
      name: 'stratarouter_workers',
      type: 'gauge',
      help: 'Processes that serve now.',
      merge: 'sum',
      series: new Map([['', serving]]),
    },
    {
      name: 'stratarouter_worker_restarts_total',
      type: 'counter',
      help: 'Processes started in the place of one that had ended.',
      merge: 'sum',
      series: new Map([['', restarts]]),
    },
  ]
}
