import type { Socket } from 'node:net'
import { type ErrorCode, StrataError } from '../errors/index.ts'
import { errorBody } from './error-answer.ts'

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
  const refusal: { code: ErrorCode; message: string } =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? { code: 'payload_too_large', message: 'The headers are too large; send fewer or shorter ones.' }
      : { code: 'invalid_request', message: 'This is not a complete HTTP request.' }
  const answer = new StrataError(refusal.code, refusal.message)
  const body = JSON.stringify(errorBody(answer, requestId))
  socket.end(
    `HTTP/1.1 ${answer.status} ${answer.status === 413 ? 'Payload Too Large' : 'Bad Request'}\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `x-request-id: ${requestId}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
