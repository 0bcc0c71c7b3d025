import type { IncomingMessage, ServerResponse } from 'node:http'
import { ABORTED_STATUS, errorBody, refusalOf } from '../error-answer.ts'
import { RETRY_AFTER_SECONDS } from '../overload.ts'
import { parseJsonBody } from '../parse-json-body.ts'
import type { HotTarget } from './hot-path.ts'

const readWhenComplete = (request: HotRequest): void => request.read()

/** One request on its way to its answer. */
export class HotRequest {
  readonly #target: HotTarget
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #id: string
  readonly #startMs = performance.now()

  constructor(target: HotTarget, request: IncomingMessage, response: ServerResponse, id: string) {
    this.#target = target
    this.#request = request
    this.#response = response
    this.#id = id
    target.app.metrics.inFlight++
  }

  start(): void {
    const refusal = this.#target.overload.refusal()
    if (refusal !== undefined) {
      this.#refuse(refusal)
      return
    }
    // The parser hands on the headers first, and the body right after them when it came with them.
    process.nextTick(readWhenComplete, this)
  }

  /** Takes the body: at once where all of it has come, without the events of a stream, which cost 3 µs. */
  read(): void {
    const request = this.#request
    if (request.complete) {
      this.#answer(request.read() as Buffer | null)
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => this.#answer(Buffer.concat(chunks)))
    request.on('close', () => {
      if (!request.complete) this.#done(ABORTED_STATUS)
    })
  }

  #answer(bytes: Buffer | null): void {
    const { app, parse, decide } = this.#target
    let body: unknown
    try {
      body = parseJsonBody(bytes ?? Buffer.alloc(0))
    } catch (error) {
      // As the framework does for a body that it could not read.
      this.#refuse(error, true)
      return
    }
    try {
      const answer = decide(app, parse(body, app))
      if (typeof answer === 'string') this.#send(200, answer)
      else
        answer.then(
          (text) => this.#send(200, text),
          (error) => this.#refuse(error),
        )
    } catch (error) {
      this.#refuse(error)
    }
  }

  #refuse(thrown: unknown, closes = false): void {
    const { method, url } = this.#request
    const error = refusalOf(thrown, { requestId: this.#id, method, url }, this.#target.app.logger)
    const extra = [
      ...(error.code === 'overloaded' ? ['retry-after', RETRY_AFTER_SECONDS] : []),
      ...(closes || error.code === 'payload_too_large' ? ['connection', 'close'] : []),
    ]
    this.#send(error.status, JSON.stringify(errorBody(error, this.#id)), extra)
  }

  #send(status: number, body: string, extra: readonly string[] = []): void {
    const length = Buffer.byteLength(body)
    this.#response.writeHead(status, [
      'x-request-id',
      this.#id,
      ...this.#target.headers,
      'content-length',
      String(length),
      ...extra,
    ])
    // As long in bytes as in characters: plain ASCII, which goes out as it is where UTF-8 would be encoded again.
    this.#response.end(body, length === body.length ? 'latin1' : 'utf8')
    this.#done(status)
  }

  #done(status: number): void {
    const { app, operation, onAnswered } = this.#target
    app.metrics.inFlight--
    const seconds = (performance.now() - this.#startMs) / 1000
    // Nothing here waits for others yet, so all of the time is our own.
    operation.done(status, seconds, seconds)
    onAnswered()
  }
}
