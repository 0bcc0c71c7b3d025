import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import { isStrataError, ProviderFailure, StrataError } from '../../errors/index.ts'
import { writeHead } from './write-whole.ts'

/**
 * Sends server-sent events as they come, no faster than the caller reads them. Where they break off, `errorEvent` says
 * so, unless the provider has, and the protocol's end is missing.
 * @param stallMs how long a caller may take nothing of what waits for it before its connection is cut
 */
export async function writeEvents(
  reply: FastifyReply,
  headers: Readonly<Record<string, string>>,
  events: AsyncIterable<string>,
  errorEvent: (error: StrataError) => string,
  stallMs: number,
): Promise<void> {
  const { raw } = reply
  writeHead(reply, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    // Reverse proxies would otherwise hold events back until a buffer is full.
    'x-accel-buffering': 'no',
  })
  try {
    for await (const text of events) {
      if (!raw.write(text)) await drained(raw, stallMs)
      if (raw.destroyed) return
    }
  } catch (thrown) {
    if (raw.destroyed) return
    const error = isStrataError(thrown)
      ? thrown
      : new StrataError('internal', 'Something went wrong here; the log has more under the request id.', {
          cause: thrown,
        })
    reply.log[error.level](
      { err: thrown, requestId: reply.request.id },
      `a stream broke off: ${error.logMessage}`,
    )
    if (!(error instanceof ProviderFailure && error.isTold)) raw.write(errorEvent(error))
  }
  raw.end()
}

/** Resolves when there is room again, or the caller has gone, as it has for us when it takes nothing for so long. */
async function drained(raw: ServerResponse, stallMs: number): Promise<void> {
  if (raw.destroyed) return
  const leaving = new AbortController()
  const { signal } = leaving
  const stalled = setTimeout(() => raw.destroy(), stallMs)
  try {
    await Promise.race([once(raw, 'drain', { signal }), once(raw, 'close', { signal })])
  } finally {
    clearTimeout(stalled)
    leaving.abort()
  }
}
