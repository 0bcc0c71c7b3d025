import type { Clock, Timer } from '../contracts/index.ts'
import { ProviderFailure } from '../errors/index.ts'
import { type Abortable, invoke, type Layer, type Operation } from './layer.ts'
import { type StreamAccess, type StreamWatcher, type WatchedStream, watchedResult } from './watched-stream.ts'

/** Milliseconds, above 0; what is left out does not bound. How long a connection may take is the transport's. */
export interface TimeoutLimits {
  /** Until the answer, or the first event of a streamed one. */
  readonly firstByteMs?: number
  /** From when the reader of a stream asks for an event until it comes; a reader that does not ask costs nothing. */
  readonly betweenEventsMs?: number
  /** Until the end of the answer, of a stream too. */
  readonly totalMs?: number
}

/** How long calls may take. */
export interface TimeoutOptions<Request, Result> {
  readonly limitsOf: (request: Request) => TimeoutLimits
  /** Where the limits are configured, for messages; `timeouts` if absent. */
  readonly setting?: string
  readonly streams?: StreamAccess<Result>
  readonly clock: Clock
  readonly timer: Timer
}

const SAYS: Readonly<Record<keyof TimeoutLimits, string>> = {
  firstByteMs: 'nothing of the answer came',
  betweenEventsMs: 'the stream paused for',
  totalMs: 'the answer was not complete after',
}

/**
 * Rejects with a `timeout` ProviderFailure as soon as a limit is over, whether or not what it waits for minds its signal,
 * and aborts that signal. Where the caller aborts, its own reason passes through.
 *
 * Costs one controller, one listener and one timer a call: `AbortSignal.any` with `AbortSignal.timeout` costs five times as much.
 */
export function timeouts<Request extends Abortable, Result>(
  options: TimeoutOptions<Request, Result>,
): Layer<Request, Result> {
  return (request, next) =>
    request.signal.aborted ? Promise.reject(request.signal.reason) : new TimedCall(options, request).run(next)
}

class TimedCall<Request extends Abortable, Result> {
  readonly #options: TimeoutOptions<Request, Result>
  readonly #request: Request
  readonly #limits: TimeoutLimits
  readonly #controller = new AbortController()
  readonly #startMs: number
  readonly #onAbort = () => this.#stop(this.#request.signal.reason)
  #cancelTimer: (() => void) | undefined
  #cancelPause: (() => void) | undefined
  #stream: WatchedStream<unknown> | undefined
  #resolve: (result: Result) => void = () => {}
  #reject: (error: unknown) => void = () => {}
  #isOver = false

  constructor(options: TimeoutOptions<Request, Result>, request: Request) {
    this.#options = options
    this.#request = request
    this.#limits = options.limitsOf(request)
    this.#startMs = options.clock.monotonicMs()
  }

  run(next: Operation<Request, Result>): Promise<Result> {
    const { firstByteMs = Infinity, totalMs = Infinity } = this.#limits
    const { deadlineMs = Infinity } = this.#request
    this.#request.signal.addEventListener('abort', this.#onAbort)
    if (firstByteMs < totalMs) this.#cancelTimer = this.#arm('firstByteMs', firstByteMs)
    else if (totalMs < Infinity) this.#cancelTimer = this.#arm('totalMs', totalMs)
    const request = {
      ...this.#request,
      signal: this.#controller.signal,
      deadlineMs: Math.min(deadlineMs, this.#startMs + totalMs),
    }
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      invoke(next, request).then(this.#answered, this.#failed)
    })
  }

  readonly #answered = (result: Result): void => {
    const streamed = watchedResult(result, this.#options.streams)
    if (this.#isOver) {
      // Too late for anybody: what would stream on is ended.
      streamed?.stream.fail(this.#controller.signal.reason)
      return
    }
    if (streamed === undefined) {
      this.#finish()
      this.#resolve(result)
      return
    }
    this.#stream = streamed.stream
    const { firstByteMs = Infinity, totalMs = Infinity } = this.#limits
    if (firstByteMs < totalMs) {
      this.#cancelTimer?.()
      const leftMs = this.#startMs + totalMs - this.#options.clock.monotonicMs()
      this.#cancelTimer = totalMs < Infinity ? this.#arm('totalMs', leftMs) : undefined
    }
    streamed.stream.watch(this.#watcher())
    this.#resolve(streamed.result)
  }

  readonly #failed = (error: unknown): void => {
    if (this.#isOver) return
    this.#finish()
    this.#reject(error)
  }

  #watcher(): StreamWatcher {
    const { betweenEventsMs } = this.#limits
    const ended = (how: string) => {
      if (this.#isOver) return
      this.#finish()
      if (how === 'left') this.#controller.abort()
    }
    if (betweenEventsMs === undefined) return { ended }
    return {
      asked: () => {
        this.#cancelPause = this.#arm('betweenEventsMs', betweenEventsMs)
      },
      answered: () => this.#cancelPause?.(),
      ended,
    }
  }

  #arm(limit: keyof TimeoutLimits, delayMs: number): () => void {
    return this.#options.timer(() => this.#stop(this.#failure(limit)), delayMs)
  }

  #failure(limit: keyof TimeoutLimits): ProviderFailure {
    const { setting = 'timeouts' } = this.#options
    const milliseconds = this.#limits[limit]
    return new ProviderFailure(
      'timeout',
      `Timed out: ${SAYS[limit]} ${limit === 'firstByteMs' ? `within ${milliseconds}` : milliseconds} ms; raise ${setting}.${limit} if answers may take longer`,
    )
  }

  #stop(error: unknown): void {
    if (this.#isOver) return
    this.#finish()
    // First, so that layers within see that nobody wants the answer before they see it fail.
    this.#controller.abort(error)
    if (this.#stream === undefined) this.#reject(error)
    else this.#stream.fail(error)
  }

  #finish(): void {
    this.#isOver = true
    this.#cancelTimer?.()
    this.#cancelPause?.()
    this.#request.signal.removeEventListener('abort', this.#onAbort)
  }
}
