import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock, Timer } from '../../contracts/index.ts'
import { brokenAnswer } from './broken-answer.ts'
import { Exchange } from './exchange.ts'
import { FaultPlan, type MockPlan } from './fault-plan.ts'
import {
  type FaultSteps,
  NO_FAULT,
  type ParsedTrouble,
  parseMockFault,
  type StatusTrouble,
} from './mock-fault.ts'
import type { MockShape } from './mock-reply.ts'
import { openAiErrors } from './openai-errors.ts'
import { errorAnswer, type PreparedAnswer, type PreparedRequest, prepareRequest } from './prepared-answer.ts'
import { type MockRequest, RequestRecords, requestOf } from './request-records.ts'
import { sendAtOnce, sendWithTrouble } from './send-answer.ts'
import { plainError } from './wire-format.ts'

/** How the mock answers, besides what `MockShape` says of it, and what it remembers. */
export interface MockProviderOptions extends MockShape {
  /** Of 127.0.0.1; 0, the default, takes a free one. */
  readonly port?: number
  /** Between a request and its answer. Default 0. */
  readonly delayMs?: number
  /** Between the events of a streamed answer. Default 0: all at once. */
  readonly eventDelayMs?: number
  /** How many requests `requests` remembers. Default 1000; 0 is the fastest. */
  readonly keepRequests?: number
  /** For delays; by default real time. */
  readonly timer?: Timer
  /** For `Retry-After` as a date; by default the system's. */
  readonly clock?: Pick<Clock, 'now'>
}

/** A mock provider that serves: what it is told, and what it has seen. */
export interface MockProvider {
  /** Such as `http://127.0.0.1:40123`; the OpenAI client wants `/v1` behind it. */
  readonly url: string
  /** Of 127.0.0.1. */
  readonly port: number
  /** Requests so far. */
  readonly calls: number
  /** The last `keepRequests`, the oldest first. */
  readonly requests: readonly MockRequest[]
  /** Answers that are not over: being sent, held, hanging. */
  readonly open: number
  /** TCP connections. */
  readonly connections: number
  /**
   * From now on; a header or the name of a model that names a fault goes first.
   * @throws TypeError where a text names no fault
   */
  plan(plan: MockPlan): void
  /** Lets all answers go on that are held at this moment; how many there were. */
  release(): number
  /** The next request that this has not given yet, the first time the first. */
  nextRequest(): Promise<MockRequest>
  /** The next request whose client left before the end and that this has not given yet. */
  aborted(): Promise<MockRequest>
  /** Takes everything back: plan, count, memory. Releases what is held. */
  reset(): void
  /** Ends all connections. */
  close(): Promise<void>
}

/** Serves the wire formats of OpenAI, Anthropic and Google on loopback, with answers that are the same every time, and faults. */
export async function startMockProvider(options: MockProviderOptions = {}): Promise<MockProvider> {
  const provider = new MockServer(options)
  await provider.listen(options.port ?? 0)
  return provider
}

/** Answers worth remembering, by what was asked. */
const REMEMBERED = 256
const LONGEST_REMEMBERED = 16_384
const LARGEST_BODY_BYTES = 64 * 1024 * 1024
const FAULT_HEADER = 'x-mock-fault'

const NOTHING: readonly string[] = []

class MockServer implements MockProvider {
  readonly #options: MockProviderOptions
  readonly #records: RequestRecords
  readonly #plan = new FaultPlan()
  readonly #timer: Timer
  readonly #server: Server
  readonly #prepared = new Map<string, PreparedRequest>()
  readonly #held = new Set<(goesOn: boolean) => void>()
  calls = 0
  open = 0
  connections = 0

  constructor(options: MockProviderOptions) {
    this.#options = options
    this.#records = new RequestRecords(options.keepRequests ?? 1000)
    this.#timer = options.timer ?? realTimer
    this.#server = createServer({ noDelay: true }, (request, response) => this.#take(request, response))
    // Clients keep connections for as long as they like: one that ends under a request looks like a fault.
    this.#server.keepAliveTimeout = 0
    this.#server.requestTimeout = 0
    this.#server.on('connection', (socket) => {
      this.connections++
      socket.on('close', () => this.connections--)
    })
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get requests(): readonly MockRequest[] {
    return this.#records.requests
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.removeListener('error', reject)
        resolve()
      })
    })
  }

  plan(plan: MockPlan): void {
    this.#plan.set(plan)
  }

  release(): number {
    const held = [...this.#held]
    this.#held.clear()
    for (const goOn of held) goOn(true)
    return held.length
  }

  nextRequest(): Promise<MockRequest> {
    return this.#records.arrived.next()
  }

  aborted(): Promise<MockRequest> {
    return this.#records.aborted.next()
  }

  reset(): void {
    this.plan(undefined)
    this.release()
    this.calls = 0
    this.#records.clear()
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    this.open++
    this.calls++
    response.on('close', () => this.open--)
    let first: Buffer | undefined
    let chunks: Buffer[] | undefined
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > LARGEST_BODY_BYTES) first = chunks = undefined
      else if (first === undefined) first = chunk
      else if (chunks === undefined) chunks = [first, chunk]
      else chunks.push(chunk)
    })
    request.on('end', () => {
      if (bytes > LARGEST_BODY_BYTES) {
        const message = `mock: the body has ${bytes} bytes, more than ${LARGEST_BODY_BYTES}`
        sendAtOnce(response, errorAnswer(openAiErrors, plainError(413, message)), NOTHING)
        return
      }
      const body = chunks === undefined ? first : Buffer.concat(chunks)
      this.#answer(request, response, body === undefined ? '' : body.toString())
    })
  }

  #answer(request: IncomingMessage, response: ServerResponse, text: string): void {
    const prepared = this.#prepare(request, text)
    const exchange = new Exchange(response, this.#timer, this.#held)
    const isKept = this.#records.limit > 0
    const record = isKept || this.#plan.isByRequest ? requestOf(request, prepared.body) : undefined
    if (record !== undefined && isKept) {
      this.#records.add(record)
      exchange.onAbort(() => this.#records.abort(record))
    }
    let steps: FaultSteps
    try {
      const asked = faultHeaderOf(request) ?? prepared.fault
      steps = asked === undefined ? this.#plan.take(record) : parseMockFault(asked)
    } catch (error) {
      const message = `mock: ${error instanceof Error ? error.message : String(error)}`
      sendAtOnce(response, errorAnswer(prepared.errors, plainError(400, message)), NOTHING)
      return
    }
    const { delayMs = 0, eventDelayMs = 0 } = this.#options
    if (steps === NO_FAULT && (eventDelayMs === 0 || typeof prepared.answer.body === 'string')) {
      if (delayMs === 0) sendAtOnce(response, prepared.answer, NOTHING)
      else exchange.after(delayMs, () => sendAtOnce(response, prepared.answer, NOTHING))
      return
    }
    void this.#answerWithFault(request, exchange, prepared, text, steps)
  }

  async #answerWithFault(
    request: IncomingMessage,
    exchange: Exchange,
    prepared: PreparedRequest,
    text: string,
    { wait, trouble }: FaultSteps,
  ): Promise<void> {
    const { delayMs = 0, eventDelayMs = 0 } = this.#options
    if (wait === 'hold' && !(await exchange.untilReleased())) return
    const waitMs = delayMs + (wait === 'hold' ? 0 : wait)
    if (waitMs > 0 && !(await exchange.wait(waitMs))) return
    const answer = trouble.kind === 'huge' ? this.#hugeAnswer(request, text, trouble.bytes) : prepared.answer
    const sent = brokenAnswer(answer, trouble, prepared.errors)
    const paced: ParsedTrouble =
      eventDelayMs > 0 && (trouble.kind === 'none' || trouble.kind === 'error-event')
        ? { kind: 'pace', ms: eventDelayMs }
        : trouble
    const extra = trouble.kind === 'status' ? this.#retryHeaders(trouble) : NOTHING
    await sendWithTrouble(exchange.response, sent, extra, paced, exchange, () => exchange.leave())
  }

  #prepare(request: IncomingMessage, text: string): PreparedRequest {
    const key = `${request.method} ${request.url}\n${text}`
    const known = this.#prepared.get(key)
    if (known !== undefined) return known
    const prepared = this.#prepareAs(request, text, this.#options)
    if (key.length <= LONGEST_REMEMBERED) {
      if (this.#prepared.size >= REMEMBERED) this.#prepared.clear()
      this.#prepared.set(key, prepared)
    }
    return prepared
  }

  #prepareAs(request: IncomingMessage, text: string, shape: MockShape): PreparedRequest {
    return prepareRequest(request.method ?? '', request.url ?? '', text, shape)
  }

  #hugeAnswer(request: IncomingMessage, text: string, bytes: number): PreparedAnswer {
    return this.#prepareAs(request, text, { ...this.#options, events: 1, charactersPerEvent: bytes }).answer
  }

  #retryHeaders({ retryAfter }: StatusTrouble): readonly string[] {
    if (retryAfter === undefined) return NOTHING
    const { form, ms } = retryAfter
    if (form === 'ms') return ['retry-after-ms', String(ms)]
    const now = this.#options.clock?.now() ?? Date.now()
    return ['retry-after', form === 'date' ? new Date(now + ms).toUTCString() : String(ms / 1000)]
  }
}

/** Reads the list as it came, which is cheaper than to have Node make a table of all headers. */
function faultHeaderOf({ rawHeaders }: IncomingMessage): string | undefined {
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    if (name.length === FAULT_HEADER.length && name.toLowerCase() === FAULT_HEADER) return rawHeaders[at + 1]
  }
  return undefined
}

const realTimer: Timer = (callback, delayMs) => {
  const timeout = setTimeout(callback, delayMs)
  return () => clearTimeout(timeout)
}
