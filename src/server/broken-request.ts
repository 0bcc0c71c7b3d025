import type { Socket } from 'node:net'
import { StrataError } from '../errors/index.ts'
import { errorBody } from './error-answer.ts'

/** By the codes of Node. */
const BY_CODE: Readonly<Record<string, () => StrataError>> = {
  HPE_HEADER_OVERFLOW: () =>
    new StrataError('payload_too_large', 'The headers are too large; send fewer or shorter ones.'),
  ERR_HTTP_REQUEST_TIMEOUT: () =>
    new StrataError(
      'request_timeout',
      'The request did not come in full in time; send it again on a new connection.',
    ),
}
const incomplete = () => new StrataError('invalid_request', 'This is not a complete HTTP request.')

/** What is not even HTTP gets an error of the usual shape, then the end of the connection. */
export function answerBrokenRequest(
  error: Error & { code?: string },
  socket: Socket,
  requestId: string,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const answer = (BY_CODE[error.code ?? ''] ?? incomplete)()
  const reason = process.getBuiltinModule('node:http').STATUS_CODES[answer.status]
  const body = JSON.stringify(errorBody(answer, requestId))
  socket.end(
    `HTTP/1.1 ${answer.status} ${reason}\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `x-request-id: ${requestId}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
