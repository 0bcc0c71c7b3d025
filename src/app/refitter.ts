import type { RouteSet } from '../contracts/index.ts'
import type { Logger } from '../observability/index.ts'

export type CompileSnapshot = (routeSet: RouteSet, signal: AbortSignal) => Promise<Uint8Array>

interface Job {
  readonly name: string
  readonly routeSet: RouteSet
  readonly done: (snapshot: Uint8Array) => Promise<void>
  readonly abort: AbortController
}

/**
 * Compiles route sets in the background, one at a time. A newer request for a set takes the place of an older one,
 * also of one being compiled. A failure is logged; the set serves on as it is until its next edit.
 */
export class Refitter {
  readonly #compile: CompileSnapshot
  readonly #logger: Logger
  /** At most one waiting job a set; in the order of asking. */
  readonly #waiting = new Map<string, Job>()
  #running: Job | undefined
  #loop: Promise<void> = Promise.resolve()
  #closed = false

  constructor(compile: CompileSnapshot, logger: Logger) {
    this.#compile = compile
    this.#logger = logger
  }

  request(name: string, routeSet: RouteSet, done: (snapshot: Uint8Array) => Promise<void>): void {
    if (this.#closed) return
    this.cancel(name)
    this.#waiting.set(name, { name, routeSet, done, abort: new AbortController() })
    if (this.#waiting.size === 1 && this.#running === undefined) this.#loop = this.#run()
  }

  cancel(name: string): void {
    this.#waiting.delete(name)
    if (this.#running?.name === name) this.#running.abort.abort(new Error('superseded'))
  }

  /** Resolves when nothing is waiting or running. */
  async idle(): Promise<void> {
    while (this.#running !== undefined || this.#waiting.size > 0) await this.#loop
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#waiting.clear()
    this.#running?.abort.abort(new Error('closing'))
    await this.#loop
  }

  async #run(): Promise<void> {
    for (;;) {
      const job = this.#waiting.values().next().value
      if (job === undefined) return
      this.#waiting.delete(job.name)
      this.#running = job
      try {
        const snapshot = await this.#compile(job.routeSet, job.abort.signal)
        if (!job.abort.signal.aborted) await job.done(snapshot)
      } catch (error) {
        if (!job.abort.signal.aborted) {
          this.#logger.error(
            { routeSet: job.name, err: error },
            'the refit failed; the next edit tries again',
          )
        }
      }
      this.#running = undefined
    }
  }
}
