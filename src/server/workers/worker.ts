import cluster, { type Worker as ClusterWorker } from 'node:cluster'
import type { ToSupervisor, ToWorker } from './messages.ts'

/** How a worker ended. */
export interface WorkerEnd {
  readonly code: number | null
  readonly signal: string | null
  /** Why the process could not be started, where that is how it ended. */
  readonly error?: Error
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
  readonly #process: ClusterWorker | undefined

  constructor(number: number, heard: (worker: Worker, message: ToSupervisor) => void) {
    this.number = number
    let how: Promise<WorkerEnd>
    try {
      this.#process = cluster.fork()
      this.#process.on('message', (message: ToSupervisor) => heard(this, message))
      how = endOf(this.#process)
    } catch (error) {
      // Some of what the system refuses is thrown, the rest is told by an event.
      how = Promise.resolve({ code: null, signal: null, error: error as Error })
    }
    this.ended = how.then((end) => {
      this.phase = 'ended'
      return end
    })
  }

  /** Unique for each process; 0 where there is none. */
  get id(): number {
    return this.#process?.id ?? 0
  }

  get pid(): number | undefined {
    return this.#process?.process.pid
  }

  send(message: ToWorker): void {
    if (this.#process?.isConnected()) this.#process.send(message, () => {})
  }

  kill(): void {
    this.#process?.process.kill('SIGKILL')
  }
}

function endOf(worker: ClusterWorker): Promise<WorkerEnd> {
  return new Promise((resolve) => {
    let end: WorkerEnd | undefined
    let isHeard = false
    const settle = () => {
      if (end && isHeard) resolve(end)
    }
    worker.once('exit', (code: number | null, signal: string | null) => {
      end = { code, signal }
      settle()
    })
    worker.once('disconnect', () => {
      isHeard = true
      settle()
    })
    worker.on('error', (error: Error) => {
      // Sending to one that has just ended fails here, too; that it ended is told otherwise.
      if (worker.process.pid === undefined) resolve({ code: null, signal: null, error })
    })
  })
}
