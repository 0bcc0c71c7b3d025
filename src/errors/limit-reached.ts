import { type ErrorDetail, StrataError } from './strata-error.ts'

/** A limit or a budget has no room for the request now; it will have. */
export class LimitReached extends StrataError {
  /** After so many milliseconds there may be room; what `retry-after` is made of. */
  readonly retryAfterMs: number

  constructor(
    code: 'rate_limited' | 'budget_exceeded',
    message: string,
    retryAfterMs: number,
    details: readonly ErrorDetail[] = [],
  ) {
    super(code, message, { details })
    this.retryAfterMs = retryAfterMs
  }
}
