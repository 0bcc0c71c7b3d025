import type { Socket } from 'node:net'
import { acceptableRequestId } from '../../observability/index.ts'
import { answerBrokenRequest } from '../broken-request.ts'
import { ABORTED_STATUS, errorBody } from '../error-answer.ts'
import { RETRY_AFTER_SECONDS } from '../overload.ts'
import { parseJsonBody } from '../parse-json-body.ts'
import type { HotContext, HotTarget } from './hot-context.ts'
import { httpDate } from './http-date.ts'
import type { PlainHead } from './plain-head.ts'

const HEAD_END = Buffer.from('\r\n\r\n')
const LONGEST_HEAD = 8 * 1024
/** Longer bodies, and those in more pieces, are left to Node, which limits how long they may take. */
const LONGEST_WAITED_FOR = 64 * 1024
const MOST_PIECES = 8

/** A request on its way. */
interface Asked {
  readonly target: HotTarget
  readonly head: PlainHead
  /** Where the body begins. */
  readonly bodyStart: number
  readonly startMs: number
}

/** One whose body has not come in full. */
interface Incomplete extends Asked {
  readonly pieces: Buffer[]
  missingBytes: number
}

/**
 * A connection on which nothing but plain requests has come so far. When anything else comes, the connection is handed
 * to Node with all bytes that have not been answered, and stays there.
 */
export class PlainConnection {
  readonly #context: HotContext
  readonly #socket: Socket
  #incomplete: Incomplete | undefined
  /** True while an answer is being waited for; nothing is read meanwhile. */
  #isDeciding = false

  constructor(context: HotContext, socket: Socket) {
    this.#context = context
    this.#socket = socket
    context.connections.add(this)
    socket.setTimeout(context.idleTimeoutMs)
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('timeout', this.#onTimeout)
    socket.on('close', this.#onClose)
    socket.on('error', ignore)
  }

  /** Ends it after what is under way. */
  endWhenIdle(): void {
    // Node then ends it when it is answered.
    if (this.#incomplete !== undefined) this.#handOverIncomplete(this.#incomplete)
    else if (!this.#isDeciding) this.#socket.destroySoon()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#incomplete !== undefined) {
      this.#takeMore(this.#incomplete, chunk)
      return
    }
    const asked = this.#read(chunk)
    if (asked === null) {
      this.#handOver(chunk)
      return
    }
    const missingBytes = asked.bodyStart + asked.head.bodyBytes - chunk.length
    if (missingBytes === 0) this.#serve(asked, chunk)
    else if (missingBytes < 0 || asked.head.bodyBytes > LONGEST_WAITED_FOR) this.#handOver(chunk)
    else {
      this.#incomplete = { ...asked, pieces: [chunk], missingBytes }
      this.#context.app.metrics.inFlight++
    }
  }

  /** What is asked, or null where Node should find out. */
  #read(chunk: Buffer): Asked | null {
    const { readHead, targets, isOwnHost, bodyLimitBytes, isDraining } = this.#context
    const startMs = performance.now()
    const end = chunk.indexOf(HEAD_END)
    if (end < 0 || end > LONGEST_HEAD) return null
    const head = readHead(chunk.toString('latin1', 0, end))
    const target = head === null ? undefined : targets.get(head.path)
    if (head === null || target === undefined) return null
    if (head.bodyBytes > bodyLimitBytes || !isOwnHost(head.host) || isDraining()) return null
    return { target, head, bodyStart: end + HEAD_END.length, startMs }
  }

  #takeMore(incomplete: Incomplete, chunk: Buffer): void {
    const { pieces } = incomplete
    pieces.push(chunk)
    incomplete.missingBytes -= chunk.length
    if (incomplete.missingBytes > 0 && pieces.length < MOST_PIECES) return
    if (incomplete.missingBytes !== 0) {
      this.#handOverIncomplete(incomplete)
      return
    }
    this.#forgetIncomplete()
    this.#serve(incomplete, Buffer.concat(pieces))
  }

  /** @param bytes the whole request */
  #serve(asked: Asked, bytes: Buffer): void {
    const { app, overload } = this.#context
    const { target } = asked
    app.metrics.inFlight++
    const refusal = overload.refusal()
    if (refusal !== undefined) {
      const id = this.#idOf(asked)
      this.#answer(asked, id, 503, JSON.stringify(errorBody(refusal, id)), RETRY_LATER)
      return
    }
    let answer: string | Promise<string>
    try {
      const body = parseJsonBody(bytes.subarray(asked.bodyStart))
      answer = target.decide(app, target.parse(body, app))
    } catch {
      // Nothing has happened yet, and the framework answers errors: the same is asked of it.
      app.metrics.inFlight--
      this.#handOver(bytes)
      return
    }
    if (typeof answer === 'string') this.#answer(asked, this.#idOf(asked), 200, answer)
    else this.#answerLater(asked, answer, bytes)
  }

  #answerLater(asked: Asked, answer: Promise<string>, bytes: Buffer): void {
    const { app } = this.#context
    this.#isDeciding = true
    this.#socket.pause()
    const decided = () => {
      this.#isDeciding = false
      this.#socket.resume()
    }
    answer.then(
      (text) => {
        decided()
        this.#answer(asked, this.#idOf(asked), 200, text)
      },
      () => {
        decided()
        app.metrics.inFlight--
        this.#handOver(bytes)
      },
    )
  }

  #idOf({ head }: Asked): string {
    return acceptableRequestId(head.requestId) ?? this.#context.nextId()
  }

  #answer(asked: Asked, id: string, status: 200 | 503, body: string, extra = ''): void {
    const { fixedHead, isClosing } = this.#context
    const length = Buffer.byteLength(body)
    const text = `${STATUS_LINES[status]}x-request-id: ${id}\r\n${extra}content-length: ${length}\r\nDate: ${httpDate(Date.now())}\r\n${fixedHead}${body}`
    const socket = this.#socket
    // As long in bytes as in characters: plain ASCII, which goes out as it is where UTF-8 would be encoded anew.
    const isTaken = socket.write(text, length === body.length ? 'latin1' : 'utf8')
    this.#count(asked, socket.destroyed ? ABORTED_STATUS : status)
    if (isClosing()) this.endWhenIdle()
    else if (!isTaken && !socket.destroyed) {
      // The client does not read its answers, so nothing more is read from it.
      socket.pause()
      socket.once('drain', () => socket.resume())
    }
  }

  #count({ target, startMs }: Asked, status: number): void {
    this.#context.app.metrics.inFlight--
    const seconds = (performance.now() - startMs) / 1000
    // Nothing here waits for others yet, so all of the time is our own.
    target.operation.done(status, seconds, seconds)
  }

  #forgetIncomplete(): void {
    this.#incomplete = undefined
    this.#context.app.metrics.inFlight--
  }

  #handOverIncomplete(incomplete: Incomplete): void {
    this.#forgetIncomplete()
    this.#handOver(Buffer.concat(incomplete.pieces))
  }

  #handOver(unanswered: Buffer): void {
    const socket = this.#socket
    if (socket.destroyed) return
    socket.off('data', this.#onData)
    socket.off('end', this.#onEnd)
    socket.off('timeout', this.#onTimeout)
    socket.off('close', this.#onClose)
    socket.off('error', ignore)
    socket.setTimeout(0)
    this.#context.connections.delete(this)
    socket.unshift(unanswered)
    this.#context.handOver(socket)
  }

  /** The client sends nothing more. */
  readonly #onEnd = (): void => {
    if (this.#incomplete === undefined) this.#socket.end()
    else answerBrokenRequest(new Error('the request ended early'), this.#socket, this.#context.nextId())
  }

  readonly #onTimeout = (): void => {
    if (this.#incomplete !== undefined) this.#handOverIncomplete(this.#incomplete)
    else if (!this.#isDeciding) this.#socket.destroy()
  }

  readonly #onClose = (): void => {
    this.#context.connections.delete(this)
    if (this.#incomplete !== undefined) this.#count(this.#incomplete, ABORTED_STATUS)
    this.#incomplete = undefined
  }
}

const STATUS_LINES = { 200: 'HTTP/1.1 200 OK\r\n', 503: 'HTTP/1.1 503 Service Unavailable\r\n' }
const RETRY_LATER = `retry-after: ${RETRY_AFTER_SECONDS}\r\n`

/** What goes wrong with a connection ends it; there is nobody left to tell. */
function ignore(): void {}
