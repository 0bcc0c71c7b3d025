import { ERROR_CODES, type ErrorCode } from './error-codes.ts'

/** One thing that is wrong with an input: where it is, what came, and the nearest thing that would have been right. */
export interface ErrorDetail {
  /** Path in the input, for example `routes[3].rules[0].when.regex`; empty for the whole. */
  readonly path: string
  /** What was expected there. */
  readonly message: string
  /** What came, shortened. */
  readonly got?: string
  /** The known name that is nearest to an unknown one. */
  readonly nearest?: string
}

const BRAND = Symbol.for('stratarouter.error')

/**
 * The one error class. The message says what was expected, what came, and what to change.
 * `status`, `retryable` and `level` follow from the code by the table in `error-codes.ts`.
 */
export class StrataError extends Error {
  /** What went wrong, for programs to branch on. */
  readonly code: ErrorCode
  /** Every problem of the input; empty when there is nothing to add to the message. */
  readonly details: readonly ErrorDetail[]
  /** The message without what others said, who may repeat what a caller asked: for logs. */
  readonly logMessage: string

  /** Messages are for people; give every problem at once in `details`. */
  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: readonly ErrorDetail[]; cause?: unknown; logMessage?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'StrataError'
    this.code = code
    this.details = options.details ?? []
    this.logMessage = options.logMessage ?? message
    Object.defineProperty(this, BRAND, { value: true })
  }

  /** HTTP status that the server answers with. */
  get status(): number {
    return ERROR_CODES[this.code].status
  }

  /** Whether the same request may succeed later. */
  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable
  }

  /** How serious it is in a log. */
  get level(): 'info' | 'warn' | 'error' {
    return ERROR_CODES[this.code].level
  }
}

/** True also for a `StrataError` of a second copy of this package in the same process. */
export function isStrataError(error: unknown): error is StrataError {
  return typeof error === 'object' && error !== null && BRAND in error
}
