import type { JsonText } from '../endpoint.ts'
import type { AnswerBytes } from './answer-bytes.ts'
import { httpDate } from './http-date.ts'

/** An answer, ready to be sent. */
export interface Answer {
  readonly status: number
  /** Whole, head and body; as bytes where the body came in pieces. */
  readonly content: string | Buffer
  /** Of a text: what is plain ASCII can go out as it is, where UTF-8 would be encoded anew. */
  readonly encoding: 'latin1' | 'utf8'
  /** Whether the connection ends after it. */
  readonly closes: boolean
}

interface AnswerOptions {
  /** Header lines, each with its end. */
  readonly extra?: string
  readonly closes?: boolean
}

/** Makes a function that writes answers with JSON bodies as Node would. */
export function answerFormat(
  cors: readonly string[],
  idleTimeoutMs: number,
  answerBytes: AnswerBytes,
): (status: number, id: string, body: JsonText, options?: AnswerOptions) => Answer {
  const reasons = process.getBuiltinModule('node:http').STATUS_CODES
  const shared =
    (cors.length > 0 && !cors.includes('*') ? 'vary: origin\r\n' : '') +
    'content-type: application/json; charset=utf-8\r\n'
  const keepAlive = `${shared}Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(idleTimeoutMs / 1000)}\r\n\r\n`
  const close = `${shared}connection: close\r\n\r\n`
  const ok = 'HTTP/1.1 200 OK\r\n'
  return (status, id, body, { extra = '', closes = false } = {}) => {
    const first = status === 200 ? ok : `HTTP/1.1 ${status} ${reasons[status]}\r\n`
    const headOf = (bodyBytes: number) =>
      `${first}x-request-id: ${id}\r\n${extra}content-length: ${bodyBytes}\r\nDate: ${httpDate(Date.now())}\r\n${closes ? close : keepAlive}`
    if (typeof body !== 'string') {
      return { status, content: answerBytes.add(body, headOf), encoding: 'utf8', closes }
    }
    const length = Buffer.byteLength(body)
    return {
      status,
      content: headOf(length) + body,
      encoding: length === body.length ? 'latin1' : 'utf8',
      closes,
    }
  }
}
