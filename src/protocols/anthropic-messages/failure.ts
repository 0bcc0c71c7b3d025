import type { JsonObject } from '../../contracts/index.ts'
import type { ProviderFailure } from '../../errors/index.ts'
import type { CallerError } from '../caller-protocol.ts'
import { httpFailure } from '../http-failure.ts'

/** The body of an error. */
export function messagesErrorBody(error: CallerError): JsonObject {
  const { details = [] } = error
  return {
    type: 'error',
    error: {
      type: errorType(error.status),
      message: error.message,
      details: { error_code: errorCode(error), ...(details.length === 0 ? {} : { problems: details }) },
    },
    request_id: error.requestId,
  }
}

/** Clients that are told so send the whole conversation again, which any provider can answer. */
function errorCode({ code, details = [] }: CallerError): string {
  return details.some(({ path }) => path === 'thread') ? 'thread_not_found' : code
}

/** What Anthropic calls an error of this status. */
function errorType(status: number): string {
  switch (status) {
    case 401:
      return 'authentication_error'
    case 402:
      return 'billing_error'
    case 403:
      return 'permission_error'
    case 404:
      return 'not_found_error'
    case 409:
      return 'conflict_error'
    case 413:
      return 'request_too_large'
    case 429:
      return 'rate_limit_error'
    case 503:
    case 529:
      return 'overloaded_error'
    case 408:
    case 504:
      return 'timeout_error'
    default:
      return status >= 500 ? 'api_error' : 'invalid_request_error'
  }
}

/** Of an HTTP error of a provider that speaks Anthropic Messages. */
export function messagesFailure(
  status: number,
  headers: Readonly<Record<string, string>>,
  bodyText: string,
): ProviderFailure {
  return httpFailure(status, headers, bodyText, (error) => ({
    type: 'error',
    error: { type: error.type ?? errorType(status), message: error.message },
    request_id: headers['request-id'] ?? null,
  }))
}
