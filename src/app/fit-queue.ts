import type { RouteSet } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'

/** Fits a route set and returns the snapshot. */
export type FitSnapshot = (routeSet: RouteSet, signal: AbortSignal) => Promise<Uint8Array>

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
  readonly routeSet: RouteSet
  readonly resolve: (snapshot: Uint8Array) => void
  readonly reject: (reason: unknown) => void
  readonly abort: AbortController
}

/** Fits route sets off the event loop, one at a time, in the order of asking. At most one job a set waits or runs. */
export class FitQueue {
  readonly #fit: FitSnapshot
  readonly #waiting = new Map<string, Job>()
  #running: Job | undefined
  #loop: Promise<void> = Promise.resolve()
  #closed = false

  constructor(fit: FitSnapshot) {
    this.#fit = fit
  }

  /** The snapshot of a set. Gives up an earlier fit of the set of that name, whose promise rejects with FitCancelled. */
  run(name: string, routeSet: RouteSet): Promise<Uint8Array> {
    this.cancel(name)
    if (this.#closed) return Promise.reject(new FitCancelled())
    const isIdle = this.#running === undefined && this.#waiting.size === 0
    return new Promise((resolve, reject) => {
      this.#waiting.set(name, { name, routeSet, resolve, reject, abort: new AbortController() })
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
        const snapshot = await this.#fit(job.routeSet, job.abort.signal)
        if (job.abort.signal.aborted) job.reject(job.abort.signal.reason)
        else job.resolve(snapshot)
      } catch (error) {
        job.reject(job.abort.signal.aborted ? job.abort.signal.reason : error)
      }
      this.#running = undefined
    }
  }
}
