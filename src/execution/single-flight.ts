import { type Abortable, invoke, type Layer } from './layer.ts'
import { type ReplayBudget, SharedStream } from './shared-stream.ts'
import type { StreamAccess } from './watched-stream.ts'

/** How a streamed result is shared by several readers. */
export interface SingleFlightStreams<Result, Event> extends StreamAccess<Result, Event> {
  /** Of an event as it is kept, in bytes. */
  sizeOf(event: Event): number
  /** What each stream keeps for those who may still join it, and for its slowest reader. */
  readonly bufferBytes: number
  /** What all streams together keep for those who may still join. */
  readonly totalBytes: number
}

/** A call that may be shared. */
export interface JoinedCall<Result> {
  /** Whether it was made for this caller; else it was under way already. */
  readonly leads: boolean
  readonly result: Promise<Result>
}

interface Waiter<Result> {
  readonly signal: AbortSignal
  readonly onAbort: () => void
  resolve(result: Result): void
  reject(error: unknown): void
}

interface Flight<Result, Event> {
  readonly controller: AbortController
  readonly waiters: Set<Waiter<Result>>
  /** Once it has begun to stream. */
  streaming: { readonly result: Result; readonly stream: SharedStream<Event> } | undefined
}

/**
 * Makes one call of several equal ones at the same time. Everyone gets its result or its error; of a streamed one all
 * events from the first on (see `SharedStream` for readers of different pace). Who aborts only leaves; when nobody waits
 * any more the call is aborted. Nothing is kept after the end.
 */
export class SingleFlight<Result, Event = unknown> {
  readonly #flights = new Map<string, Flight<Result, Event>>()
  readonly #streams: SingleFlightStreams<Result, Event> | undefined
  readonly #budget: ReplayBudget

  /** Nothing under way. */
  constructor(streams?: SingleFlightStreams<Result, Event>) {
    this.#streams = streams
    this.#budget = { bytes: 0, limitBytes: streams?.totalBytes ?? 0 }
  }

  /** Calls that may be joined now. */
  get size(): number {
    return this.#flights.size
  }

  /**
   * Joins the call of that key, or starts it.
   * @param key by which calls are equal; everything that could change the result must be in it
   * @param signal of this caller, also for the time of its reading a stream
   * @param start makes the call; its signal is aborted when nobody waits for it
   */
  join(
    key: string,
    signal: AbortSignal,
    start: (signal: AbortSignal) => Promise<Result>,
  ): JoinedCall<Result> {
    if (signal.aborted) return { leads: false, result: Promise.reject(signal.reason) }
    const flight = this.#flights.get(key)
    if (flight !== undefined) {
      const { streaming } = flight
      if (streaming === undefined) return { leads: false, result: this.#wait(key, flight, signal) }
      const result = this.#read(streaming.result, streaming.stream, signal)
      if (result !== undefined) return { leads: false, result: Promise.resolve(result) }
    }
    const own: Flight<Result, Event> = {
      controller: new AbortController(),
      waiters: new Set(),
      streaming: undefined,
    }
    this.#flights.set(key, own)
    const result = this.#wait(key, own, signal)
    invoke(start, own.controller.signal).then(
      (outcome) => this.#landed(key, own, outcome),
      (error) => {
        this.#forget(key, own)
        for (const waiter of this.#dismiss(own)) waiter.reject(error)
      },
    )
    return { leads: true, result }
  }

  #wait(key: string, flight: Flight<Result, Event>, signal: AbortSignal): Promise<Result> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter<Result> = {
        signal,
        resolve,
        reject,
        onAbort: () => {
          flight.waiters.delete(waiter)
          signal.removeEventListener('abort', waiter.onAbort)
          reject(signal.reason)
          if (flight.waiters.size > 0) return
          this.#forget(key, flight)
          flight.controller.abort(signal.reason)
        },
      }
      flight.waiters.add(waiter)
      signal.addEventListener('abort', waiter.onAbort)
    })
  }

  #landed(key: string, flight: Flight<Result, Event>, result: Result): void {
    const streams = this.#streams
    const events = streams?.events(result)
    if (streams === undefined || events === undefined) {
      this.#forget(key, flight)
      for (const waiter of this.#dismiss(flight)) waiter.resolve(result)
      return
    }
    const stream = new SharedStream(events, {
      bufferBytes: streams.bufferBytes,
      budget: this.#budget,
      sizeOf: (event) => streams.sizeOf(event),
      onClosed: () => this.#forget(key, flight),
      onDeserted: () => flight.controller.abort(),
    })
    flight.streaming = { result, stream }
    if (flight.waiters.size === 0) {
      // All left while it was about to begin: a reader that leaves at once ends it.
      void stream.open()?.return()
      return
    }
    // All at once, so that nobody misses the first event.
    for (const waiter of this.#dismiss(flight)) waiter.resolve(this.#read(result, stream, waiter.signal)!)
  }

  #read(result: Result, stream: SharedStream<Event>, signal: AbortSignal): Result | undefined {
    const reader = stream.open()
    if (reader === undefined || this.#streams === undefined) return undefined
    const onAbort = () => reader.fail(signal.reason)
    reader.onEnd = () => signal.removeEventListener('abort', onAbort)
    signal.addEventListener('abort', onAbort)
    return this.#streams.replace(result, reader)
  }

  #dismiss(flight: Flight<Result, Event>): Waiter<Result>[] {
    const waiters = [...flight.waiters]
    flight.waiters.clear()
    for (const { signal, onAbort } of waiters) signal.removeEventListener('abort', onAbort)
    return waiters
  }

  #forget(key: string, flight: Flight<Result, Event>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
  }
}

/** Which calls are the same. */
export interface SingleFlightOptions<Request, Result, Event> {
  readonly flights: SingleFlight<Result, Event>
  /** Undefined for a call that is not shared. */
  readonly keyOf: (request: Request) => string | undefined
  /** Called for each call that was not made, since an equal one was under way. */
  readonly onJoined?: (request: Request) => void
}

/** Makes one call of several equal ones. The deadline of whoever came first does not bind the others. */
export function singleFlight<Request extends Abortable, Result, Event = unknown>({
  flights,
  keyOf,
  onJoined,
}: SingleFlightOptions<Request, Result, Event>): Layer<Request, Result> {
  return (request, next) => {
    const key = keyOf(request)
    if (key === undefined) return next(request)
    const { leads, result } = flights.join(key, request.signal, (signal) =>
      next({ ...request, signal, deadlineMs: undefined }),
    )
    if (!leads) onJoined?.(request)
    return result
  }
}
