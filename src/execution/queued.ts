import { type FairQueue, type QueueShare, SOLE_SHARE } from './fair-queue.ts'
import type { Abortable, Layer } from './layer.ts'
import { type StreamAccess, watchedResult } from './watched-stream.ts'

/** Which queue a call waits in, and whose share it is. */
export interface QueueOptions<Request, Result> {
  /** Undefined where calls are not limited. */
  readonly queueOf: (request: Request) => FairQueue | undefined
  /** First come, first served if absent. */
  readonly shareOf?: (request: Request) => QueueShare
  readonly streams?: StreamAccess<Result>
}

/** Holds a slot of a queue while a call is under way, a streamed one until its end. */
export function queued<Request extends Abortable, Result>({
  queueOf,
  shareOf,
  streams,
}: QueueOptions<Request, Result>): Layer<Request, Result> {
  return async (request, next) => {
    const queue = queueOf(request)
    if (queue === undefined) return next(request)
    const share = shareOf?.(request) ?? SOLE_SHARE
    const slot = queue.tryAcquire(share) ?? (await queue.acquire(share, request.signal, request.deadlineMs))
    let result: Result
    try {
      result = await next(request)
    } catch (error) {
      slot.release()
      throw error
    }
    const streamed = watchedResult(result, streams)
    if (streamed === undefined) {
      slot.release()
      return result
    }
    streamed.stream.watch({ ended: () => slot.release() })
    return streamed.result
  }
}
