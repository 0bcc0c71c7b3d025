import { ERROR_CODES, type ErrorCode } from './error-codes.ts'

/** One thing that is wrong with an input: where it is, what came, and the nearest thing that would have been right. */
export interface ErrorDetail {
  /** Path in the input, for example `routes[3].rules[0].when.regex`; empty for the whole. */
  readonly path: string
  readonly message: string
  readonly got?: string
  readonly nearest?: string
}

const BRAND = Symbol.for('stratarouter.error')

/**
 * The one error class. The message says what was expected, what came, and what to change.
 * `status`, `retryable` and `level` follow from the code by the table in `error-codes.ts`.
 */
export class StrataError extends Error {
  readonly code: ErrorCode
  readonly details: readonly ErrorDetail[]

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: readonly ErrorDetail[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'StrataError'
    this.code = code
    this.details = options.details ?? []
    Object.defineProperty(this, BRAND, { value: true })
  }

  get status(): number {
    return ERROR_CODES[this.code].status
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable
  }

  get level(): 'info' | 'warn' | 'error' {
    return ERROR_CODES[this.code].level
  }
}

/** True also for a `StrataError` of a second copy of this package in the same process. */
export function isStrataError(error: unknown): error is StrataError {
  return typeof error === 'object' && error !== null && BRAND in error
}
