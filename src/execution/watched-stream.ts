/** How layers reach the stream in a result. */
export interface StreamAccess<Result, Event = unknown> {
  /** The events of a streamed result; undefined where the answer came whole. */
  events(result: Result): AsyncIterable<Event> | undefined
  /** The same result with other events. */
  replace(result: Result, events: AsyncIterable<Event>): Result
}

/** `left`: the reader went away before the end. */
type StreamEnd = 'complete' | 'failed' | 'left'

export interface StreamWatcher {
  /** The reader wants the next event. */
  asked?(): void
  /** It came. */
  answered?(): void
  /** Once. */
  ended?(how: StreamEnd, error: unknown): void
}

/**
 * A stream on which several layers keep an eye, wrapped once for all of them. Pulls from its source only when asked, so
 * back-pressure is kept. After a failure every read fails, so that what broke off never looks complete.
 */
export class WatchedStream<Event> implements AsyncIterableIterator<Event, undefined> {
  readonly #source: AsyncIterator<Event>
  readonly #watchers: StreamWatcher[] = []
  #end: StreamEnd | undefined
  #error: unknown
  #reading: Promise<IteratorResult<Event, undefined>> | undefined
  #resolve: ((result: IteratorResult<Event, undefined>) => void) | undefined
  #reject: ((error: unknown) => void) | undefined

  /** The same events, for one reader. */
  constructor(source: AsyncIterable<Event>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Tells somebody of what the reader does and gets; at once of an end that came before. */
  watch(watcher: StreamWatcher): void {
    // Whoever would wait for an end that has been told already would hold what it holds for ever.
    if (this.#end === undefined) this.#watchers.push(watcher)
    else watcher.ended?.(this.#end, this.#error)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** The next event. */
  next(): Promise<IteratorResult<Event, undefined>> {
    if (this.#reading !== undefined) {
      const again = () => this.next()
      return this.#reading.then(again, again)
    }
    if (this.#end === 'failed') return Promise.reject(this.#error)
    if (this.#end !== undefined) return Promise.resolve({ done: true, value: undefined })
    for (const watcher of this.#watchers) watcher.asked?.()
    const reading = new Promise<IteratorResult<Event, undefined>>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#reading = reading
    this.#source.next().then(this.#arrived, this.#broke)
    return reading
  }

  /** Ends the stream from outside: a read under way and all later ones are rejected with the error. */
  fail(error: unknown): void {
    if (this.#end !== undefined) return
    this.#over('failed', error)
    this.#read()?.reject(error)
    // A generator answers only after its read under way, which may hang; its own failure has nobody left to hear it.
    this.#source.return?.().then(undefined, () => {})
  }

  /** Leaves the stream before its end. */
  async return(): Promise<IteratorResult<Event, undefined>> {
    if (this.#end === undefined) {
      this.#over('left', undefined)
      const read = this.#read()
      const returned = this.#source.return?.()
      if (read === undefined) await returned
      else {
        read.resolve({ done: true, value: undefined })
        returned?.then(undefined, () => {})
      }
    }
    return { done: true, value: undefined }
  }

  readonly #arrived = (result: IteratorResult<Event>): void => {
    if (this.#end !== undefined) return
    for (const watcher of this.#watchers) watcher.answered?.()
    if (result.done) this.#over('complete', undefined)
    this.#read()?.resolve(result.done ? { done: true, value: undefined } : result)
  }

  readonly #broke = (error: unknown): void => {
    if (this.#end !== undefined) return
    this.#over('failed', error)
    this.#read()?.reject(error)
  }

  /** Takes the read that is under way, so that it is answered once. */
  #read() {
    const resolve = this.#resolve
    const reject = this.#reject
    this.#reading = undefined
    this.#resolve = undefined
    this.#reject = undefined
    return resolve && reject && { resolve, reject }
  }

  #over(how: StreamEnd, error: unknown): void {
    this.#end = how
    this.#error = error
    for (const watcher of this.#watchers) watcher.ended?.(how, error)
  }
}

/** A streamed result whose stream may be watched; undefined where the answer came whole. */
export function watchedResult<Result>(
  result: Result,
  streams: StreamAccess<Result> | undefined,
): { readonly result: Result; readonly stream: WatchedStream<unknown> } | undefined {
  const events = streams?.events(result)
  if (streams === undefined || events === undefined) return undefined
  if (events instanceof WatchedStream) return { result, stream: events }
  const stream = new WatchedStream(events)
  return { result: streams.replace(result, stream), stream }
}
