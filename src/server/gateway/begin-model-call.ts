import type { FastifyReply } from 'fastify'
import type { App } from '../../app/index.ts'
import { callSignal } from './call-signal.ts'

/**
 * From now on the request waits for others, under limits of its own.
 * @returns aborted when the caller has gone away before the answer was complete
 */
export function beginModelCall({ metrics }: App, reply: FastifyReply): AbortSignal {
  reply.request.isModelCall = true
  metrics.modelCalls++
  return callSignal(reply)
}
