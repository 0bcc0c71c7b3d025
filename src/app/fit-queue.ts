import type { Evaluation } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import type { FitWork } from './fit-version.ts'

/** What a fit gives. */
export interface Fitted {
  readonly snapshot: Uint8Array
  /** On rows that were held out; null where it was not asked for or there were too few. */
  readonly evaluation: Evaluation | null
}

/** Fits a route set. */
export type FitSnapshot = (work: FitWork, signal: AbortSignal) => Promise<Fitted>

/** Why a fit was given up: a newer one of the same set, or, as only that reaches a caller, the end of the process. */
export class FitCancelled extends StrataError {
  constructor() {
    super(
      'shutting_down',
      'The server is stopping and the set was not fitted; send the change again elsewhere.',
    )
  }
}

interface Job {
  readonly name: string
  readonly work: FitWork
  readonly resolve: (fitted: Fitted) => void
  readonly reject: (reason: unknown) => void
  readonly abort: AbortController
}

/** Fits route sets off the event loop, one at a time, in the order of asking. At most one job of a name waits or runs. */
export class FitQueue {
  readonly #fit: FitSnapshot
  readonly #waiting = new Map<string, Job>()
  #running: Job | undefined
  #loop: Promise<void> = Promise.resolve()
  #closed = false

  constructor(fit: FitSnapshot) {
    this.#fit = fit
  }

  /** Fits. Gives up an earlier job of that name, whose promise rejects with FitCancelled. */
  run(name: string, work: FitWork): Promise<Fitted> {
    this.cancel(name)
    if (this.#closed) return Promise.reject(new FitCancelled())
    const isIdle = this.#running === undefined && this.#waiting.size === 0
    return new Promise((resolve, reject) => {
      this.#waiting.set(name, { name, work, resolve, reject, abort: new AbortController() })
      if (isIdle) this.#loop = this.#work()
    })
  }

  has(name: string): boolean {
    return this.#waiting.has(name) || this.#running?.name === name
  }

  cancel(name: string): void {
    const reason = new FitCancelled()
    this.#waiting.get(name)?.reject(reason)
    this.#waiting.delete(name)
    if (this.#running?.name === name) this.#running.abort.abort(reason)
  }

  async close(): Promise<void> {
    this.#closed = true
    const reason = new FitCancelled()
    for (const job of this.#waiting.values()) job.reject(reason)
    this.#waiting.clear()
    this.#running?.abort.abort(reason)
    await this.#loop
  }

  async #work(): Promise<void> {
    for (;;) {
      const job = this.#waiting.values().next().value
      if (job === undefined) return
      this.#waiting.delete(job.name)
      this.#running = job
      try {
        const fitted = await this.#fit(job.work, job.abort.signal)
        if (job.abort.signal.aborted) job.reject(job.abort.signal.reason)
        else job.resolve(fitted)
      } catch (error) {
        job.reject(job.abort.signal.aborted ? job.abort.signal.reason : error)
      }
      this.#running = undefined
    }
  }
}
