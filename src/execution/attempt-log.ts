import type { Clock } from '../contracts/index.ts'
import { type FailureOutcome, isStrataError, ProviderFailure } from '../errors/index.ts'
import { BreakerOpen } from './circuit-breaker.ts'
import type { Abortable, Layer } from './layer.ts'
import { type StreamAccess, watchedResult } from './watched-stream.ts'

/**
 * How an attempt ended. `breaker-open`, `no-capacity`: no call was made, the breaker or a queue of ours refused it;
 * `aborted`: nobody wanted the answer any more; `failed`: for a reason that is not the provider's.
 */
export type AttemptOutcome =
  | FailureOutcome
  | 'running'
  | 'ok'
  | 'aborted'
  | 'breaker-open'
  | 'no-capacity'
  | 'failed'

/** One call of one target. */
export interface Attempt<Target> {
  readonly target: Target
  readonly outcome: AttemptOutcome
  /** The HTTP status of the provider, 200 where it answered; undefined where no answer came. */
  readonly status: number | undefined
  /** After the start of the log. */
  readonly startedMs: number
  /** Until the end of the answer, of a stream too; so far, while it is running. */
  readonly durationMs: number
  /** Until the answer, or the first event of a streamed one; undefined where it never came. */
  readonly firstByteMs: number | undefined
  /** What went wrong. */
  readonly message: string | undefined
}

/** All attempts of one call, in the order in which they began. */
export class AttemptLog<Target> {
  readonly #attempts: Attempt<Target>[] = []
  readonly #startMs: number

  /**
   * An empty log.
   * @param startMs of the call, on the monotonic clock of the layers
   */
  constructor(startMs: number) {
    this.#startMs = startMs
  }

  /** A stream's attempt is `running` until the stream ends. */
  get attempts(): readonly Attempt<Target>[] {
    return this.#attempts
  }

  /**
   * Adds an attempt that is `running`.
   * @returns the number of the attempt, for the two below
   */
  begin(target: Target, nowMs: number): number {
    return (
      this.#attempts.push({
        target,
        outcome: 'running',
        status: undefined,
        startedMs: nowMs - this.#startMs,
        durationMs: 0,
        firstByteMs: undefined,
        message: undefined,
      }) - 1
    )
  }

  /** Tells that an answer came, or began. */
  answered(number: number, isOver: boolean, nowMs: number): Attempt<Target> {
    const attempt = this.#attempts[number]!
    const durationMs = nowMs - this.#startMs - attempt.startedMs
    const outcome = isOver ? 'ok' : 'running'
    const firstByteMs = attempt.firstByteMs ?? durationMs
    return this.#put(number, { ...attempt, outcome, status: 200, durationMs, firstByteMs })
  }

  /**
   * Tells that an attempt brought no answer, or a part of one.
   * @param signal of the call, which tells a failure from an end that was wanted
   */
  failed(number: number, error: unknown, signal: AbortSignal, nowMs: number): Attempt<Target> {
    const attempt = this.#attempts[number]!
    return this.#put(number, {
      ...attempt,
      outcome: outcomeOf(error, signal),
      status: (error instanceof ProviderFailure ? error.providerStatus : undefined) ?? attempt.status,
      durationMs: nowMs - this.#startMs - attempt.startedMs,
      message: error instanceof Error ? error.message : String(error),
    })
  }

  #put(number: number, attempt: Attempt<Target>): Attempt<Target> {
    this.#attempts[number] = attempt
    return attempt
  }
}

const LEFT = new DOMException('The reader went away before the end of the stream', 'AbortError')

function outcomeOf(error: unknown, signal: AbortSignal): AttemptOutcome {
  // A limit around all attempts aborts them with the failure that it is.
  const cause = signal.aborted ? signal.reason : error
  if (cause instanceof BreakerOpen) return 'breaker-open'
  if (cause instanceof ProviderFailure) return cause.outcome
  if (isStrataError(cause) && cause.code === 'overloaded') return 'no-capacity'
  return signal.aborted || cause === LEFT ? 'aborted' : 'failed'
}

/** A call that is tried on one target after another. */
export interface TargetedRequest<Target> extends Abortable {
  /** Which is called now, or first. */
  readonly target: Target
  readonly attempts: AttemptLog<Target>
}

/** How attempts are listed. */
export interface RecordOptions<Request extends TargetedRequest<unknown>, Result> {
  readonly streams?: StreamAccess<Result>
  readonly clock: Clock
  /** Called once each attempt is over, of a stream at its end. */
  readonly onEnd?: (attempt: Attempt<Request['target']>, request: Request) => void
}

/** Writes each call into the log of its request. */
export function recordAttempts<Request extends TargetedRequest<unknown>, Result>({
  streams,
  clock,
  onEnd,
}: RecordOptions<Request, Result>): Layer<Request, Result> {
  return async (request, next) => {
    const { attempts, signal } = request
    const number = attempts.begin(request.target, clock.monotonicMs())
    const failed = (error: unknown) => {
      const attempt = attempts.failed(number, error, signal, clock.monotonicMs())
      onEnd?.(attempt, request)
    }
    let result: Result
    try {
      result = await next(request)
    } catch (error) {
      failed(error)
      throw error
    }
    const streamed = watchedResult(result, streams)
    const attempt = attempts.answered(number, streamed === undefined, clock.monotonicMs())
    if (streamed === undefined) {
      onEnd?.(attempt, request)
      return result
    }
    streamed.stream.watch({
      ended: (how, error) => {
        if (how !== 'complete') {
          failed(how === 'failed' ? error : LEFT)
          return
        }
        const whole = attempts.answered(number, true, clock.monotonicMs())
        onEnd?.(whole, request)
      },
    })
    return streamed.result
  }
}
