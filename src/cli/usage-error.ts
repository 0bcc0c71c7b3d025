import { type ErrorDetail, StrataError } from '../errors/index.ts'

/** A command line that cannot be carried out as written; `message` ends with what to change. */
export function usageError(message: string, detail?: ErrorDetail): StrataError {
  return new StrataError('invalid_request', message, detail ? { details: [detail] } : {})
}
