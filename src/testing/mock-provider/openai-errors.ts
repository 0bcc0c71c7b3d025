import type { ErrorFormat, MockError } from './wire-format.ts'

const TYPES: Readonly<Record<number, readonly [type: string, code: string | null]>> = {
  401: ['invalid_request_error', 'invalid_api_key'],
  403: ['invalid_request_error', 'unsupported_country_region_territory'],
  404: ['invalid_request_error', 'model_not_found'],
  429: ['requests', 'rate_limit_exceeded'],
}

function errorOf({ status, reason, message }: MockError) {
  const [type, code] =
    reason === 'quota'
      ? ['insufficient_quota', 'insufficient_quota']
      : reason === 'context'
        ? ['invalid_request_error', 'context_length_exceeded']
        : (TYPES[status] ?? [status >= 500 ? 'server_error' : 'invalid_request_error', null])
  return { message, type, param: reason === 'context' ? 'messages' : null, code }
}

/** https://platform.openai.com/docs/guides/error-codes */
export const openAiErrors: ErrorFormat = {
  errorBody: (error) => JSON.stringify({ error: errorOf(error) }),
  errorEvent: (error) => `data: ${JSON.stringify({ error: errorOf(error) })}\n\n`,
}

/** The same, but that a stream of the Responses interface has an event of its own for it. */
export const openAiResponsesErrors: ErrorFormat = {
  errorBody: openAiErrors.errorBody,
  errorEvent(error, index) {
    const { message, code, param, type } = errorOf(error)
    const event = { type: 'error', sequence_number: index, code: code ?? type, message, param }
    return `event: error\ndata: ${JSON.stringify(event)}\n\n`
  },
}
