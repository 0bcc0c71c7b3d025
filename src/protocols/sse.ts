import { ProviderFailure } from '../errors/index.ts'

/** One server-sent event. */
export interface SseEvent {
  /** Of its `event:` line; undefined where it has none. */
  readonly event: string | undefined
  /** Of its `data:` lines, joined with line feeds. */
  readonly data: string
  /** As it is to be sent on: lines end in a line feed, comments are gone, the closing blank line is there. */
  readonly text: string
}

const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const BYTE_ORDER_MARK = 0xfeff
const DEFAULT_MAX_EVENT_BYTES = 8 * 1024 * 1024

/** The text of one event. */
export function sseText(event: string | undefined, data: string): string {
  return event === undefined ? `data: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`
}

/**
 * Reads server-sent events out of bytes that are cut anywhere.
 * @remarks One chunk of whole events costs one decoding and two slices an event; a chunk without an end of an event
 *  is kept as it is, so that the whole is linear in the bytes.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export class SseParser {
  readonly #maxEventBytes: number
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  /** What came after the last whole event. */
  #pending: Uint8Array[] = []
  #pendingBytes = 0
  #lastByte = 0
  #begun = false

  /** @param maxEventBytes above which an event is refused as `malformed` */
  constructor(maxEventBytes: number = DEFAULT_MAX_EVENT_BYTES) {
    this.#maxEventBytes = maxEventBytes
  }

  /**
   * The events that end in this chunk; keeps the rest. The chunk must not be changed afterwards.
   * @throws ProviderFailure `malformed` where an event is too large
   */
  push(chunk: Uint8Array): readonly SseEvent[] {
    const end = endOfLastEvent(chunk, this.#lastByte)
    if (end === 0) {
      this.#keep(chunk)
      return []
    }
    const whole = end === chunk.length ? chunk : chunk.subarray(0, end)
    let text: string
    if (this.#pendingBytes === 0) {
      text = this.#decoder.decode(whole)
    } else {
      this.#pending.push(whole)
      text = this.#decoder.decode(joined(this.#pending, this.#pendingBytes + end))
      this.#pending = []
      this.#pendingBytes = 0
    }
    if (!this.#begun) {
      this.#begun = true
      if (text.charCodeAt(0) === BYTE_ORDER_MARK) text = text.slice(1)
    }
    this.#lastByte = chunk[end - 1] ?? 0
    if (end < chunk.length) this.#keep(chunk.subarray(end))
    if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n')
    return this.#eventsOf(text)
  }

  /** @throws ProviderFailure `truncated` where part of an event is left */
  end(): void {
    for (const chunk of this.#pending) {
      if (chunk.some((byte) => byte !== LINE_FEED && byte !== CARRIAGE_RETURN)) {
        throw new ProviderFailure(
          'truncated',
          'Expected the stream of the provider to end after a whole event, but it broke off inside one.',
        )
      }
    }
  }

  #keep(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#pending.push(chunk)
    this.#pendingBytes += chunk.length
    this.#lastByte = chunk[chunk.length - 1] ?? 0
    if (this.#pendingBytes > this.#maxEventBytes) this.#refuseSize()
  }

  /** @param text whole events, lines ended by line feeds */
  #eventsOf(text: string): readonly SseEvent[] {
    const events: SseEvent[] = []
    let start = 0
    while (start < text.length) {
      if (text.charCodeAt(start) === LINE_FEED) {
        start += 1
        continue
      }
      const first = text.indexOf('\n', start)
      let end = first
      let event: SseEvent | undefined
      if (text.charCodeAt(first + 1) === LINE_FEED) {
        // The most frequent event: one line of data.
        if (text.startsWith('data: ', start)) {
          event = {
            event: undefined,
            data: text.slice(start + 6, first),
            text: text.slice(start, first + 2),
          }
        }
      } else {
        const second = text.indexOf('\n', first + 1)
        if (
          text.charCodeAt(second + 1) === LINE_FEED &&
          text.startsWith('event: ', start) &&
          text.startsWith('data: ', first + 1)
        ) {
          end = second
          event = {
            event: text.slice(start + 7, first),
            data: text.slice(first + 7, second),
            text: text.slice(start, second + 2),
          }
        } else {
          end = text.indexOf('\n\n', first)
        }
      }
      event ??= eventOfLines(text.slice(start, end))
      if (end - start > this.#maxEventBytes) this.#refuseSize()
      if (event !== undefined) events.push(event)
      start = end + 2
    }
    return events
  }

  #refuseSize(): never {
    throw new ProviderFailure(
      'malformed',
      `Expected events of at most ${this.#maxEventBytes} bytes from the provider; a larger one came.`,
    )
  }
}

/** Any event the quick ways do not know; undefined where its lines have no data, such as comments that keep a line open. */
function eventOfLines(block: string): SseEvent | undefined {
  let event: string | undefined
  let data: string | undefined
  let text = ''
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    if (colon === 0) continue
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'event') event = value
    else if (field === 'data') data = data === undefined ? value : `${data}\n${value}`
    text += `${line}\n`
  }
  return data === undefined ? undefined : { event, data, text: `${text}\n` }
}

/**
 * Where the last event that ends in this chunk ends; 0 where none does.
 * @param before the byte before the chunk
 */
function endOfLastEvent(chunk: Uint8Array, before: number): number {
  for (let index = chunk.length - 1; index >= 0; index -= 1) {
    const byte = chunk[index]
    if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) continue
    const previous = index === 0 ? before : chunk[index - 1]
    // A line feed after a carriage return ends the same line.
    if (byte === LINE_FEED ? previous !== LINE_FEED : previous !== LINE_FEED && previous !== CARRIAGE_RETURN)
      continue
    return byte === CARRIAGE_RETURN && chunk[index + 1] === LINE_FEED ? index + 2 : index + 1
  }
  return 0
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}
