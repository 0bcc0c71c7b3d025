export { ERROR_CODES, type ErrorCode } from './error-codes.ts'
export { LimitReached } from './limit-reached.ts'
export { type FailureOutcome, ProviderFailure } from './provider-failure.ts'
export { type ErrorDetail, isStrataError, StrataError } from './strata-error.ts'
