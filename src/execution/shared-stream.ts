import { StrataError } from '../errors/index.ts'

/** Bytes that streams keep for those who may still join, counted over all of them. */
export interface ReplayBudget {
  bytes: number
  readonly limitBytes: number
}

interface SharedStreamOptions<Event> {
  /** What a stream keeps: for those who may still join, and for the slowest reader. */
  readonly bufferBytes: number
  readonly budget: ReplayBudget
  readonly sizeOf: (event: Event) => number
  /** Called once, when nobody may join any more. */
  readonly onClosed: () => void
  /** Called once, when the last reader has left before the end. */
  readonly onDeserted: () => void
}

/** A piece of the log; readers hold the last one that they have read, and what none of them can reach is collected. */
interface Entry<Event> {
  readonly value: IteratorResult<Event, undefined>
  /** Of all events up to this one. */
  readonly endBytes: number
  next: Entry<Event> | undefined
}

/**
 * One source for several readers, each of which gets all events from the first on, at its own pace. The source is read
 * when the fastest reader asks. Readers may join until more than `bufferBytes` have come, or the budget of all streams is
 * used up. A reader that falls more than `bufferBytes` behind the fastest is cut with an `overloaded` error: it costs one
 * bounded buffer, and never anybody else's time.
 */
export class SharedStream<Event> {
  readonly #source: AsyncIterator<Event>
  readonly #options: SharedStreamOptions<Event>
  readonly #readers = new Set<StreamReader<Event>>()
  /** Before the first event; undefined once nobody may join. */
  #head: Entry<Event> | undefined
  #tail: Entry<Event>
  #failure: { readonly error: unknown } | undefined
  #isReading = false
  #isOver = false

  constructor(source: AsyncIterable<Event>, options: SharedStreamOptions<Event>) {
    this.#source = source[Symbol.asyncIterator]()
    this.#options = options
    this.#tail = { value: DONE, endBytes: 0, next: undefined }
    this.#head = this.#tail
  }

  /** A reader from the first event on; undefined where it is too late. */
  open(): StreamReader<Event> | undefined {
    if (this.#head === undefined) return undefined
    const reader: StreamReader<Event> = new StreamReader<Event>(this.#head, {
      read: () => this.#read(),
      end: () => this.#failure ?? (this.#isOver ? 'complete' : undefined),
      leave: () => this.#leave(reader),
    })
    this.#readers.add(reader)
    return reader
  }

  #read(): void {
    if (this.#isReading) return
    this.#isReading = true
    this.#source.next().then(this.#arrived, this.#broke)
  }

  readonly #arrived = (result: IteratorResult<Event>): void => {
    this.#isReading = false
    if (this.#isOver) return
    if (result.done) {
      this.#end()
      return
    }
    const { sizeOf, bufferBytes, budget } = this.#options
    const size = sizeOf(result.value)
    const behindBytes = this.#tail.endBytes
    const entry: Entry<Event> = { value: result, endBytes: behindBytes + size, next: undefined }
    this.#tail.next = entry
    this.#tail = entry
    if (this.#head !== undefined) {
      budget.bytes += size
      if (entry.endBytes > bufferBytes || budget.bytes > budget.limitBytes) this.#close()
    }
    for (const reader of this.#readers) {
      // The newest event does not count: whoever has read all before it is not behind.
      if (!reader.deliver() && behindBytes - reader.readBytes > bufferBytes) {
        reader.fail(tooSlow(behindBytes - reader.readBytes, bufferBytes))
      }
    }
  }

  readonly #broke = (error: unknown): void => {
    this.#isReading = false
    if (this.#isOver) return
    this.#failure = { error }
    this.#end()
  }

  #end(): void {
    this.#isOver = true
    this.#close()
    for (const reader of this.#readers) reader.deliver()
  }

  #close(): void {
    if (this.#head === undefined) return
    this.#head = undefined
    this.#options.budget.bytes -= this.#tail.endBytes
    this.#options.onClosed()
  }

  #leave(reader: StreamReader<Event>): void {
    this.#readers.delete(reader)
    if (this.#readers.size > 0 || this.#isOver) return
    this.#isOver = true
    this.#close()
    this.#options.onDeserted()
    // A generator answers only after its read under way, which may hang; its own failure has nobody left to hear it.
    this.#source.return?.().then(undefined, () => {})
  }
}

interface ReaderSource {
  /** Sees to it that another event comes. */
  read(): void
  end(): 'complete' | { readonly error: unknown } | undefined
  leave(): void
}

const DONE = { done: true, value: undefined } as const

/** One reader's view of a shared stream. */
class StreamReader<Event> implements AsyncIterableIterator<Event, undefined> {
  readonly #source: ReaderSource
  #position: Entry<Event>
  #waiting:
    | { resolve(result: IteratorResult<Event, undefined>): void; reject(error: unknown): void }
    | undefined
  #reading: Promise<IteratorResult<Event, undefined>> | undefined
  #failure: { readonly error: unknown } | undefined
  #isOver = false
  /** Called once, when the reader has read all, failed or left. */
  onEnd: (() => void) | undefined

  constructor(position: Entry<Event>, source: ReaderSource) {
    this.#position = position
    this.#source = source
  }

  /** How far it has read. */
  get readBytes(): number {
    return this.#position.endBytes
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<Event, undefined>> {
    if (this.#reading !== undefined) {
      const again = () => this.next()
      return this.#reading.then(again, again)
    }
    const reading = new Promise<IteratorResult<Event, undefined>>((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
    if (this.deliver()) return reading
    this.#reading = reading
    this.#source.read()
    return reading
  }

  return(): Promise<IteratorResult<Event, undefined>> {
    this.#over()
    this.deliver()
    return Promise.resolve(DONE)
  }

  /** From now on every read fails. */
  fail(error: unknown): void {
    if (this.#isOver) return
    this.#failure = { error }
    this.#over()
    this.deliver()
  }

  /** Answers the read under way, if any, with what there is; false where there was nothing to answer or to answer with. */
  deliver(): boolean {
    const waiting = this.#waiting
    if (waiting === undefined) return false
    const entry = this.#isOver ? undefined : this.#position.next
    const end = entry === undefined ? (this.#isOver ? 'complete' : this.#source.end()) : undefined
    if (entry === undefined && end === undefined) return false
    this.#waiting = undefined
    this.#reading = undefined
    if (entry !== undefined) {
      this.#position = entry
      waiting.resolve(entry.value)
      return true
    }
    if (typeof end === 'object') this.#failure ??= end
    this.#over()
    if (this.#failure === undefined) waiting.resolve(DONE)
    else waiting.reject(this.#failure.error)
    return true
  }

  #over(): void {
    if (this.#isOver) return
    this.#isOver = true
    // What it has not read is no longer kept for it.
    this.#position = { value: DONE, endBytes: this.#position.endBytes, next: undefined }
    this.#source.leave()
    this.onEnd?.()
  }
}

const tooSlow = (behindBytes: number, bufferBytes: number) =>
  new StrataError(
    'overloaded',
    `Read too slowly: ${behindBytes} bytes behind others that share the answer, of which ${bufferBytes} are kept; read faster, or ask again`,
  )
