import { StrataError } from '../errors/index.ts'

/** After how long a client should try again. */
export const RETRY_AFTER_SECONDS = '1'

/** How much longer a call of a model may wait, which takes seconds anyway. */
const MODEL_CALL_PATIENCE = 8

/** What tells whether the server has more to do than it can. */
interface Load {
  /** Requests whose head has come and whose answer has not gone, this one included. */
  readonly inFlight: () => number
  /** How long requests wait for the processor, turn after turn of the event loop. */
  readonly delayMs: () => number
}

interface OverloadLimits {
  readonly inFlight: number
  readonly eventLoopDelayMs: number
}

/**
 * Decides which requests are refused because there are too many. Refusing costs a fraction of answering, so those that
 * are answered are answered in time.
 */
export class Overload {
  readonly #load: Load
  readonly #limits: OverloadLimits
  readonly #onRefused: (cause: 'inFlight' | 'eventLoopDelayMs') => void

  constructor(
    load: Load,
    limits: OverloadLimits,
    onRefused: (cause: 'inFlight' | 'eventLoopDelayMs') => void,
  ) {
    this.#load = load
    this.#limits = limits
    this.#onRefused = onRefused
  }

  /** The error to answer with, or undefined where the request should be served. Calls of models wait more patiently. */
  refusal(isModelCall = false): StrataError | undefined {
    const { inFlight } = this.#limits
    const eventLoopDelayMs = this.#limits.eventLoopDelayMs * (isModelCall ? MODEL_CALL_PATIENCE : 1)
    if (this.#load.inFlight() > inFlight) {
      return this.#refuse('inFlight', `more than ${inFlight} requests are being answered (limits.inFlight)`)
    }
    if (this.#load.delayMs() > eventLoopDelayMs) {
      return this.#refuse(
        'eventLoopDelayMs',
        `requests wait for more than ${eventLoopDelayMs} ms (limits.eventLoopDelayMs)`,
      )
    }
    return undefined
  }

  #refuse(cause: 'inFlight' | 'eventLoopDelayMs', reason: string): StrataError {
    this.#onRefused(cause)
    return new StrataError(
      'overloaded',
      `The server has too much to do: ${reason}. Send the request again after a second.`,
    )
  }
}

/**
 * Tells how long requests wait for the processor: as long as a turn of the event loop lasts, in which all are answered
 * that have come. The shorter of the present turn, since it was first asked in it, and the one right before: a single
 * long one is a stall of the machine or one long piece of work, and refusing requests after it would help nobody.
 * @param schedule has a function called when the turn is over
 */
export function turnClock(
  nowMs: () => number,
  schedule: (callback: () => void) => void = setImmediate,
): () => number {
  let startMs: number | undefined
  let endMs = 0
  let lastMs = 0
  const end = () => {
    endMs = nowMs()
    lastMs = endMs - (startMs as number)
    startMs = undefined
  }
  return () => {
    if (startMs !== undefined) return Math.min(nowMs() - startMs, lastMs)
    startMs = nowMs()
    // After a pause as long as the turn itself, that one tells nothing any more.
    if (startMs - endMs > lastMs) lastMs = 0
    schedule(end)
    return 0
  }
}
