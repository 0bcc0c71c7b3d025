import type { Socket } from 'node:net'
import { ANYONE, type Identity } from '../../access/index.ts'
import type { StrataError } from '../../errors/index.ts'
import { acceptableRequestId } from '../../observability/index.ts'
import { assertRouteSet, authorize } from '../access.ts'
import { answerBrokenRequest } from '../broken-request.ts'
import type { JsonText } from '../endpoint.ts'
import { ABORTED_STATUS, errorBody, refusalOf, retryAfterSeconds } from '../error-answer.ts'
import { RETRY_AFTER_SECONDS } from '../overload.ts'
import { parseJsonBody } from '../parse-json-body.ts'
import type { Answer } from './answer-format.ts'
import type { HotContext, HotTarget } from './hot-context.ts'
import type { PlainHead } from './plain-head.ts'
import type { Due } from './turn.ts'

const HEAD_END = Buffer.from('\r\n\r\n')
const LONGEST_HEAD = 8 * 1024
/** Longer bodies, slower ones and those in more pieces are left to Node, which limits how long they may take. */
const LONGEST_WAITED_FOR = 64 * 1024
const MOST_PIECES = 8
const LONGEST_WAIT_MS = 1000

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
  /** Ends the wait, however the pieces come. */
  readonly deadline: NodeJS.Timeout
}

/**
 * A connection on which nothing but plain requests has come so far. When anything else comes, the connection is handed
 * to Node with all bytes that have not been answered, and stays there.
 */
export class PlainConnection implements Due {
  readonly #context: HotContext
  readonly #socket: Socket
  #incomplete: Incomplete | undefined
  /** The request that is answered at the end of the turn, and its bytes. */
  #due: { readonly asked: Asked; readonly bytes: Buffer } | undefined
  /** True while a decision is being waited for; nothing is read meanwhile. */
  #isWaiting = false
  /** The answer to send, and for what. */
  #reply: { readonly asked: Asked; readonly answer: Answer } | undefined
  /** True when the client sends nothing more, but may have an answer to get. */
  #hasEnded = false

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
    if (this.#incomplete !== undefined && !this.#hasEnded) this.#handOverIncomplete(this.#incomplete)
    else if (!this.#isBusy()) this.#socket.destroySoon()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#due !== undefined) {
      // The client does not wait for its answers; Node keeps them in order.
      this.#handOver(Buffer.concat([this.#due.bytes, chunk]))
      return
    }
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
    if (missingBytes === 0) this.#serveInTurn(asked, chunk)
    else if (missingBytes < 0 || asked.head.bodyBytes > LONGEST_WAITED_FOR) this.#handOver(chunk)
    else {
      const deadline = setTimeout(() => this.#handOverIncomplete(incomplete), LONGEST_WAIT_MS)
      const incomplete: Incomplete = { ...asked, pieces: [chunk], missingBytes, deadline }
      this.#incomplete = incomplete
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
    this.#forgetIncomplete(incomplete)
    this.#serveInTurn(incomplete, Buffer.concat(pieces))
  }

  /** @param bytes the whole request */
  #serveInTurn(asked: Asked, bytes: Buffer): void {
    this.#due = { asked, bytes }
    this.#context.turn.add(this)
  }

  decide(): void {
    const due = this.#due
    // Handed over in the meantime.
    if (due === undefined) return
    this.#due = undefined
    const { asked, bytes } = due
    const { app, overload } = this.#context
    const { target } = asked
    app.metrics.inFlight++
    if (this.#socket.destroyed) {
      this.#count(asked, ABORTED_STATUS)
      return
    }
    const refusal = overload.refusal()
    if (refusal !== undefined) {
      this.#refuse(asked, refusal)
      return
    }
    let identity: Identity
    try {
      identity = authorize(app, target.endpoint, asked.head.credentials) ?? ANYONE
    } catch (error) {
      this.#refuse(asked, error)
      return
    }
    let body: unknown
    try {
      body = parseJsonBody(bytes.subarray(asked.bodyStart))
    } catch (error) {
      // As the framework does for a body that it could not read.
      this.#refuse(asked, error, true)
      return
    }
    try {
      const request = target.parse(body, app)
      if (identity.routeSets !== null) assertRouteSet(identity, target.endpoint, NO_PARAMS, request)
      const answer = target.decide(app, request, identity)
      if (answer instanceof Promise) this.#answerLater(asked, answer)
      else this.#reply = { asked, answer: this.#goodAnswer(asked, answer) }
    } catch (error) {
      this.#refuse(asked, error)
    }
  }

  #answerLater(asked: Asked, decided: Promise<JsonText>): void {
    this.#isWaiting = true
    this.#socket.pause()
    const goOn = () => {
      this.#isWaiting = false
      this.send()
      // Otherwise it goes on when the client has read its answers.
      if (!this.#socket.writableNeedDrain) this.#socket.resume()
    }
    decided.then(
      (body) => {
        this.#reply = { asked, answer: this.#goodAnswer(asked, body) }
        goOn()
      },
      (error: unknown) => {
        this.#refuse(asked, error)
        goOn()
      },
    )
  }

  #goodAnswer(asked: Asked, body: JsonText): Answer {
    return this.#context.format(200, this.#idOf(asked), body)
  }

  #refuse(asked: Asked, thrown: unknown, closes = false): void {
    const { app, format } = this.#context
    const requestId = this.#idOf(asked)
    const error = refusalOf(thrown, { requestId, method: 'POST', url: asked.head.path }, app)
    const answer = format(error.status, requestId, JSON.stringify(errorBody(error, requestId)), {
      extra: error.code === 'overloaded' ? RETRY_LATER : retryLater(error),
      closes: closes || error.code === 'payload_too_large',
    })
    this.#reply = { asked, answer }
  }

  #idOf({ head }: Asked): string {
    return acceptableRequestId(head.requestId) ?? this.#context.nextId()
  }

  send(): void {
    const reply = this.#reply
    if (reply === undefined) return
    this.#reply = undefined
    const socket = this.#socket
    const { status, closes } = reply.answer
    const isTaken = this.#write(reply.answer)
    this.#count(reply.asked, socket.destroyed ? ABORTED_STATUS : status)
    if (closes || this.#context.isClosing()) socket.destroySoon()
    else if (this.#hasEnded) socket.end()
    else if (!isTaken && !socket.destroyed) {
      // The client does not read its answers, so nothing more is read from it.
      socket.pause()
      socket.once('drain', () => socket.resume())
    }
  }

  #write({ content, encoding }: Answer): boolean {
    const socket = this.#socket
    if (typeof content === 'string') return socket.write(content, encoding)
    const isTaken = socket.write(content)
    // What the kernel has not taken yet is read later.
    this.#context.answerBytes.sent(content, socket.writableLength === 0)
    return isTaken
  }

  #isBusy(): boolean {
    return this.#due !== undefined || this.#reply !== undefined || this.#isWaiting
  }

  #count({ target, startMs }: Asked, status: number): void {
    this.#context.app.metrics.inFlight--
    const seconds = (performance.now() - startMs) / 1000
    // Nothing here waits for others yet, so all of the time is our own.
    target.operation.done(status, seconds, seconds)
  }

  #forgetIncomplete({ deadline }: Incomplete): void {
    clearTimeout(deadline)
    this.#incomplete = undefined
    this.#context.app.metrics.inFlight--
  }

  #handOverIncomplete(incomplete: Incomplete): void {
    this.#forgetIncomplete(incomplete)
    this.#handOver(Buffer.concat(incomplete.pieces))
  }

  #handOver(unanswered: Buffer): void {
    const socket = this.#socket
    if (socket.destroyed) return
    this.#due = undefined
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
    this.#hasEnded = true
    if (this.#isBusy()) return
    if (this.#incomplete === undefined) this.#socket.end()
    else {
      clearTimeout(this.#incomplete.deadline)
      answerBrokenRequest(new Error('the request ended early'), this.#socket, this.#context.nextId())
    }
  }

  readonly #onTimeout = (): void => {
    if (!this.#isBusy()) this.#socket.destroy()
  }

  readonly #onClose = (): void => {
    this.#context.connections.delete(this)
    if (this.#incomplete === undefined) return
    clearTimeout(this.#incomplete.deadline)
    this.#count(this.#incomplete, ABORTED_STATUS)
    this.#incomplete = undefined
  }
}

const RETRY_LATER = `retry-after: ${RETRY_AFTER_SECONDS}\r\n`

const NO_PARAMS = {}

function retryLater(error: StrataError): string {
  const seconds = retryAfterSeconds(error)
  return seconds === undefined ? '' : `retry-after: ${seconds}\r\n`
}

/** What goes wrong with a connection ends it; there is nobody left to tell. */
function ignore(): void {}
