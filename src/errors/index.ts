export { ERROR_CODES, type ErrorCode } from './error-codes.ts'
export { type ErrorDetail, isStrataError, StrataError } from './strata-error.ts'
