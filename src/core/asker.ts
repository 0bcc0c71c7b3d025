import type { AskOutcome } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'

/** One time that the slower encoder was asked. */
export interface Asking {
  readonly outcome: AskOutcome
  readonly milliseconds: number
  /** Why there was no answer. */
  readonly error?: unknown
}

interface AskerParts {
  /** A signal that ends one asking when it has taken too long; without it the slower encoder takes as long as it takes. */
  readonly limit?: () => AbortSignal
  /** Told of each asking. */
  readonly onAsk?: (asking: Asking) => void
}

/** Asks the slower encoder, within a time limit, and counts each asking once, by what came of it. */
export class Asker {
  readonly counts = { answered: 0, 'timed-out': 0, failed: 0 }
  readonly #parts: AskerParts

  constructor(parts: AskerParts) {
    this.#parts = parts
  }

  /**
   * @param ask heeds the signal, or is left behind when that fires
   * @param caller of whoever wants the decision
   * @throws StrataError `aborted` when the caller's signal fires; any other failure is an outcome
   */
  async ask<Answer>(
    ask: (signal: AbortSignal | undefined) => Promise<Answer>,
    caller: AbortSignal | undefined,
  ): Promise<
    | { readonly outcome: 'answered'; readonly answer: Answer }
    | { readonly outcome: Exclude<AskOutcome, 'answered'> }
  > {
    const start = performance.now()
    const limit = this.#parts.limit?.()
    const signals = [caller, limit].filter((signal) => signal !== undefined)
    const signal = signals.length > 0 ? AbortSignal.any(signals) : undefined
    const tell = (outcome: AskOutcome, failure: { error?: unknown }) => {
      this.counts[outcome]++
      this.#parts.onAsk?.({ outcome, milliseconds: performance.now() - start, ...failure })
    }
    let answer: Answer
    try {
      answer = await endingWith(ask(signal), signal)
    } catch (error) {
      mustGoOn(caller)
      const outcome = limit?.aborted ? 'timed-out' : 'failed'
      tell(outcome, { error })
      return { outcome }
    }
    tell('answered', {})
    return { outcome: 'answered', answer }
  }
}

/** @throws StrataError `aborted` when the signal has fired */
export function mustGoOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new StrataError('aborted', 'The decision was aborted before it was made.', { cause: signal.reason })
}

/** Rejects when the signal does, even where an encoder does not heed it. */
function endingWith<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason)
    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end))
  })
}
