import cluster, { type Worker as ClusterWorker } from 'node:cluster'
import { once } from 'node:events'
import type { ToSupervisor, ToWorker } from './messages.ts'

/** How a worker ended. */
interface WorkerEnd {
  readonly code: number | null
  readonly signal: string | null
}

/** One process that serves, as its supervisor sees it. */
export class Worker {
  /** Of the place that it holds, 1 for the first; whoever replaces it has the same. */
  readonly number: number
  /** Settles when the process is gone and all that it said has been heard. */
  readonly ended: Promise<WorkerEnd>
  /** How far it has come. */
  phase: 'starting' | 'prepared' | 'serving' | 'ended' = 'starting'
  /** When it began to serve, on the monotonic clock; 0 before. */
  servingSinceMs = 0
  readonly #process: ClusterWorker

  constructor(number: number, heard: (worker: Worker, message: ToSupervisor) => void) {
    this.number = number
    this.#process = cluster.fork()
    this.#process.on('message', (message: ToSupervisor) => heard(this, message))
    // Sending to one that has just ended fails here; that it ended is told otherwise.
    this.#process.on('error', () => {})
    this.ended = Promise.all([once(this.#process, 'exit'), once(this.#process, 'disconnect')]).then(
      ([exit]) => {
        this.phase = 'ended'
        const [code, signal] = exit as [number | null, string | null]
        return { code, signal }
      },
    )
  }

  /** Unique for each process. */
  get id(): number {
    return this.#process.id
  }

  get pid(): number | undefined {
    return this.#process.process.pid
  }

  send(message: ToWorker): void {
    if (this.#process.isConnected()) this.#process.send(message, () => {})
  }

  kill(): void {
    this.#process.process.kill('SIGKILL')
  }
}
