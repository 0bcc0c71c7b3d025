import { StrataError } from '../errors/index.ts'

/** After how long a client should try again. */
export const RETRY_AFTER_SECONDS = '1'

/** What tells whether the server has more to do than it can. */
interface Load {
  /** Requests whose head has come and whose answer has not gone, this one included. */
  readonly inFlight: () => number
  /** How long the present turn of the event loop has lasted: how long what has come meanwhile has waited at least. */
  readonly turnMs: () => number
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

  /** The error to answer with, or undefined where the request should be served. */
  refusal(): StrataError | undefined {
    const { inFlight, eventLoopDelayMs } = this.#limits
    if (this.#load.inFlight() > inFlight) {
      return this.#refuse('inFlight', `more than ${inFlight} requests are being answered (limits.inFlight)`)
    }
    if (this.#load.turnMs() > eventLoopDelayMs) {
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
 * Tells how long the present turn of the event loop has lasted since it was first asked in it.
 * @param schedule has a function called when the turn is over
 */
export function turnClock(
  nowMs: () => number,
  schedule: (callback: () => void) => void = setImmediate,
): () => number {
  let startMs: number | undefined
  const end = () => {
    startMs = undefined
  }
  return () => {
    if (startMs !== undefined) return nowMs() - startMs
    startMs = nowMs()
    schedule(end)
    return 0
  }
}
