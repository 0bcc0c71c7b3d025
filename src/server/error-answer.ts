import type { App } from '../app/index.ts'
import {
  ERROR_CODES,
  type ErrorCode,
  type ErrorDetail,
  isStrataError,
  LimitReached,
  ProviderFailure,
  StrataError,
} from '../errors/index.ts'

/** Counted where the client went away before it was answered. */
export const ABORTED_STATUS = ERROR_CODES.aborted.status

/** The framework's own refusals, in our words. */
const FRAMEWORK_ERRORS: Readonly<Record<string, { code: ErrorCode; message: string }>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported_media_type',
    message: 'The body must be JSON; send the header content-type: application/json.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'invalid_request',
    message: 'The body is not as long as the header content-length says.',
  },
  // The connection broke before the body was complete; nobody reads this answer, but it is counted.
  ECONNRESET: {
    code: 'aborted',
    message: 'The connection was closed before the request was complete.',
  },
  FST_ERR_MAX_PARAM_LENGTH: {
    code: 'not_found',
    message: 'A name in the path is longer than any name can be; names have at most 128 characters.',
  },
  FST_ERR_BAD_URL: {
    code: 'invalid_request',
    message: 'The path is not valid percent-encoding.',
  },
}

/** Any thrown value as the error that is answered; what nobody foresaw becomes `internal` and says nothing more. */
function asStrataError(error: unknown, bodyLimitBytes: number): StrataError {
  if (isStrataError(error)) return error
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const message = `The body has more than the ${bodyLimitBytes} bytes that are read at once (server.bodyLimitBytes); send less at once, or raise the limit.`
    return new StrataError('payload_too_large', message, { cause: error })
  }
  const known = typeof code === 'string' ? FRAMEWORK_ERRORS[code] : undefined
  if (known) return new StrataError(known.code, known.message, { cause: error })
  return new StrataError('internal', 'Something went wrong here; the log has more under the request id.', {
    cause: error,
  })
}

/** Where an error came up, for the log. */
interface Asked {
  readonly requestId: string
  readonly method: string | undefined
  readonly url: string | undefined
}

/** As `asStrataError`; tells the log what an operator should see. */
export function refusalOf(
  thrown: unknown,
  asked: Asked,
  { logger, config }: Pick<App, 'logger' | 'config'>,
): StrataError {
  const error = asStrataError(thrown, config.server.bodyLimitBytes)
  // Under overload there are thousands of these a second; whoever sheds tells the log.
  if (error.level !== 'info' && error.code !== 'overloaded') {
    logger[error.level]({ ...asked, err: thrown }, error.logMessage)
  }
  return error
}

/** The body of every error answer. */
export function errorBody(
  error: StrataError,
  requestId: string,
): { error: { code: string; message: string; details: readonly ErrorDetail[]; requestId: string } } {
  return { error: { code: error.code, message: error.message, details: error.details, requestId } }
}

/** Seconds, whole and 1 or more, after which the same request may do better, where that is known: of `retry-after`. */
export function retryAfterSeconds(error: StrataError): string | undefined {
  const waitMs =
    error instanceof LimitReached || error instanceof ProviderFailure ? error.retryAfterMs : undefined
  return waitMs === undefined ? undefined : String(Math.max(1, Math.ceil(waitMs / 1000)))
}
