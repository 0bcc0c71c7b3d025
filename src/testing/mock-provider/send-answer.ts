import type { ServerResponse } from 'node:http'
import type { ParsedTrouble } from './mock-fault.ts'
import type { PreparedAnswer } from './prepared-answer.ts'

/** What sending needs of time; both settle when the client has gone too, then with `false`. */
export interface Pauses {
  wait(ms: number): Promise<boolean>
  untilReleased(): Promise<boolean>
}

/** The whole answer at once. @param extra names and values of further headers */
export function sendAtOnce(response: ServerResponse, answer: PreparedAnswer, extra: readonly string[]): void {
  const { body } = answer
  sendHead(response, answer, extra)
  if (typeof body === 'string') {
    response.end(body)
    return
  }
  for (const event of body) response.write(event)
  response.end()
}

/** As much of the answer as the trouble lets go out. `cut` is called before the connection is ended from this side. */
export async function sendWithTrouble(
  response: ServerResponse,
  answer: PreparedAnswer,
  extra: readonly string[],
  trouble: ParsedTrouble,
  pauses: Pauses,
  cut: () => void,
): Promise<void> {
  const sender = new Sender(response, answer, extra, pauses)
  switch (trouble.kind) {
    case 'hang':
      if (trouble.at !== undefined) await sender.sendUntil(trouble.at)
      return
    case 'hold':
      if (trouble.at !== undefined) await sender.sendUntil(trouble.at)
      if (await pauses.untilReleased()) await sender.sendRest()
      return
    case 'reset':
      if (trouble.at === undefined || (await sender.sendUntil(trouble.at))) {
        cut()
        response.socket?.resetAndDestroy()
      }
      return
    case 'truncate':
      if (await sender.sendUntil(trouble.at ?? sender.length >> 1)) {
        cut()
        response.socket?.destroySoon()
      }
      return
    case 'drip':
      return sender.sendBytes(trouble.ms)
    case 'pace':
      return sender.sendRest(trouble.ms)
    default:
      return sender.sendRest()
  }
}

/** Sends an answer part by part, each when the one before has left the process. */
class Sender {
  readonly #response: ServerResponse
  readonly #answer: PreparedAnswer
  readonly #extra: readonly string[]
  readonly #pauses: Pauses
  readonly #body: Buffer | readonly string[]
  #sent = 0

  constructor(response: ServerResponse, answer: PreparedAnswer, extra: readonly string[], pauses: Pauses) {
    this.#response = response
    this.#answer = answer
    this.#extra = extra
    this.#pauses = pauses
    this.#body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  }

  /** In events or bytes. */
  get length(): number {
    return this.#body.length
  }

  /** The head and everything before event or byte `end`; whether the client is still there. */
  async sendUntil(end: number, pauseMs?: number): Promise<boolean> {
    this.#sendHead()
    const body = this.#body
    const to = Math.min(end, body.length)
    if (Buffer.isBuffer(body)) {
      const rest = body.subarray(this.#sent, to)
      this.#sent = to
      return rest.length === 0 || this.#write(rest)
    }
    for (; this.#sent < to; this.#sent++) {
      if (this.#sent > 0 && pauseMs !== undefined && !(await this.#pauses.wait(pauseMs))) return false
      if (!(await this.#write(body[this.#sent]!))) return false
    }
    return true
  }

  async sendRest(pauseMs?: number): Promise<void> {
    if (await this.sendUntil(this.length, pauseMs)) this.#response.end()
  }

  async sendBytes(pauseMs: number): Promise<void> {
    this.#sendHead()
    const bytes = Buffer.isBuffer(this.#body) ? this.#body : Buffer.from(this.#body.join(''))
    for (let at = 0; at < bytes.length; at++) {
      if (at > 0 && !(await this.#pauses.wait(pauseMs))) return
      if (!(await this.#write(bytes.subarray(at, at + 1)))) return
    }
    this.#response.end()
  }

  #sendHead(): void {
    if (this.#response.headersSent) return
    sendHead(this.#response, this.#answer, this.#extra)
    this.#response.flushHeaders()
  }

  #write(part: string | Buffer): Promise<boolean> {
    return new Promise((resolve) => this.#response.write(part, (error) => resolve(!error)))
  }
}

function sendHead(
  response: ServerResponse,
  { status, contentType, body }: PreparedAnswer,
  extra: readonly string[],
): void {
  const headers = ['content-type', contentType, ...extra]
  if (typeof body === 'string') headers.push('content-length', String(Buffer.byteLength(body)))
  else headers.push('cache-control', 'no-cache')
  response.writeHead(status, headers)
}
