import type { FastifyReply } from 'fastify'
import type { WholeAnswer } from '../../contracts/index.ts'

/**
 * Sends a whole answer as it is. Without the framework's hooks for answers, of which none applies: they take as long as
 * all that was decided before.
 */
export function writeWhole(
  reply: FastifyReply,
  headers: Readonly<Record<string, string>>,
  { text, bytes = Buffer.from(text) }: WholeAnswer,
): void {
  writeHead(reply, {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(bytes.length),
  })
  reply.raw.end(bytes)
}

/** The head of an answer with status 200, with what has been said of it already, such as by hooks. */
export function writeHead(reply: FastifyReply, headers: Readonly<Record<string, string>>): void {
  reply.hijack()
  reply.raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...headers })
}
