import type { JsonObject } from '../contracts/index.ts'
import type { ProviderFailure } from '../errors/index.ts'
import type { CallerError } from './caller-protocol.ts'
import { httpFailure } from './http-failure.ts'

/** What OpenAI calls an error of this status. */
function openaiErrorType(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 402) return 'insufficient_quota'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}

/** The error object of the OpenAI protocols. */
export function openaiErrorObject(error: CallerError): JsonObject {
  const { details = [] } = error
  return {
    message: error.message,
    type: openaiErrorType(error.status),
    param: details[0]?.path ?? null,
    code: error.code,
    ...(details.length === 0 ? {} : { details }),
    request_id: error.requestId,
  }
}

/** Of an HTTP error of a provider that speaks an OpenAI protocol. */
export function openaiFailure(
  status: number,
  headers: Readonly<Record<string, string>>,
  bodyText: string,
): ProviderFailure {
  return httpFailure(status, headers, bodyText, (error) => ({
    error: {
      message: error.message,
      type: error.type ?? openaiErrorType(status),
      param: error.param ?? null,
      code: error.code ?? null,
    },
  }))
}
