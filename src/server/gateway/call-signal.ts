import type { FastifyReply } from 'fastify'
import { StrataError } from '../../errors/index.ts'

/** Aborted when the caller has gone away before the answer was complete. */
export function callSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  raw.once('close', () => {
    if (raw.writableFinished) return
    controller.abort(
      new StrataError('aborted', 'The caller closed the connection before the answer was complete.'),
    )
  })
  return controller.signal
}
