import type { FastifyReply } from 'fastify'
import { StrataError } from '../../errors/index.ts'

/** Aborted when the caller has gone away before the answer was complete. */
export function callSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  const leave = () => {
    if (raw.writableFinished) return
    controller.abort(
      new StrataError('aborted', 'The caller closed the connection before the answer was complete.'),
    )
  }
  // The gateway is opened by the first call, and its caller may not wait for that.
  if (raw.closed) leave()
  else raw.once('close', leave)
  return controller.signal
}
