import type { JsonObject } from '../contracts/index.ts'
import { type FailureOutcome, ProviderFailure } from '../errors/index.ts'
import { withoutSecrets } from '../util/without-secrets.ts'
import { isObject, textIn } from './json-fields.ts'
import { retryAfterMs } from './retry-after.ts'

const MAX_MESSAGE_LENGTH = 500
const MAX_BODY_LENGTH = 16 * 1024

/** What a provider's error says, wherever its protocol puts it. */
interface ProviderError {
  readonly message: string
  /** What the protocol calls the kind of error, such as `rate_limit_error`. */
  readonly type?: string | undefined
  /** What else names the error, such as `insufficient_quota`. */
  readonly code?: string | undefined
  readonly param?: string | undefined
}

// Accounts without money: no wait helps, another account may.
const OUT_OF_MONEY = new Set([
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
  'billing_error',
])

// What Anthropic and Google say with status 400 though the request is good.
const OURS_TO_MEND = /credit balance is too low|api key (?:not valid|expired)/i

/**
 * The failure that an HTTP error of a provider is: 429 is `rate-limited`; 408, 409, and 500 and above are `server-error`;
 * 401, 402, 403, 404, and a 429 or 400 for want of money, are `unauthorized`, since the same deployment will
 * not do better later; any other is `refused`, with the provider's own words.
 * @param bodyOf an error body in the protocol of the provider, used where its own is not JSON or too long
 */
export function httpFailure(
  status: number,
  headers: Readonly<Record<string, string>>,
  bodyText: string,
  bodyOf: (error: ProviderError) => JsonObject,
): ProviderFailure {
  const parsed = parsedObject(bodyText)
  const error = providerError(parsed ?? {}, bodyText)
  const outcome = outcomeOf(status, error)
  const wait = outcome === 'rate-limited' || outcome === 'server-error' ? retryAfterMs(headers) : undefined
  const body =
    parsed !== undefined && bodyText.length <= MAX_BODY_LENGTH ? bodyText : JSON.stringify(bodyOf(error))
  return new ProviderFailure(outcome, `The provider answered ${status}: ${error.message}`, {
    providerStatus: status,
    logMessage: `The provider answered ${status}${kindOf(error)}`,
    body: withoutSecrets(body),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  })
}

function outcomeOf(status: number, error: ProviderError): FailureOutcome {
  if (OUT_OF_MONEY.has(error.code ?? '') || OUT_OF_MONEY.has(error.type ?? '')) return 'unauthorized'
  if (status === 429) return 'rate-limited'
  if (status === 408 || status === 409 || status >= 500) return 'server-error'
  if (status >= 401 && status <= 404) return 'unauthorized'
  if (status >= 400) return OURS_TO_MEND.test(error.message) ? 'unauthorized' : 'refused'
  // Neither an answer nor an error, such as a redirect.
  return 'malformed'
}

/**
 * The failure that an error is which came with status 200: inside a stream, or in the place of an answer.
 * @param error the object that the protocol calls `error`
 */
export function streamFailure(error: unknown, options: { readonly isTold?: boolean } = {}): ProviderFailure {
  const told = providerError({ error }, 'it said nothing else')
  const status = Number(isObject(error) ? (error.code ?? error.status) : undefined)
  const name = `${told.type ?? ''} ${told.code ?? ''}`
  let outcome: FailureOutcome = 'server-error'
  if (OUT_OF_MONEY.has(told.code ?? '') || OUT_OF_MONEY.has(told.type ?? '')) outcome = 'unauthorized'
  else if (/rate_limit|too_many_requests|resource_exhausted/i.test(name) || status === 429)
    outcome = 'rate-limited'
  else if (/invalid_request|invalid_prompt|invalid_argument|content_policy|request_too_large/i.test(name)) {
    outcome = 'refused'
  } else if (/authentication|permission|not_found/i.test(name)) outcome = 'unauthorized'
  else if (status >= 400 && status < 600) outcome = outcomeOf(status, told)
  return new ProviderFailure(outcome, `The provider answered with an error: ${told.message}`, {
    logMessage: `The provider answered with an error${kindOf(told)}`,
    ...options,
  })
}

/** What an error body says; `{"error": {…}}`, `{"error": "…"}`, `{"message": …}`, `[{"error": {…}}]`, `{"detail": …}` are known. */
function providerError(body: JsonObject, otherwise: string): ProviderError {
  const error = isObject(body.error) ? body.error : body
  const message = textIn(error.message) ?? textIn(body.error) ?? textIn(body.detail) ?? textIn(body.message)
  return {
    message: withoutSecrets(
      shortened(message ?? (otherwise.trim() === '' ? 'it said nothing else' : otherwise)),
    ),
    type: textIn(error.type) ?? textIn(error.status),
    code: textIn(error.code),
    param: textIn(error.param),
  }
}

function parsedObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    // Gemini wraps the error of a streamed call in a list.
    const first: unknown = Array.isArray(value) ? value[0] : value
    return isObject(first) ? first : undefined
  } catch {
    // An error page of something on the way; its text is told as it is.
    return undefined
  }
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= MAX_MESSAGE_LENGTH ? line : `${line.slice(0, MAX_MESSAGE_LENGTH)}…`
}

// Codes are words of the protocol; whatever else stands there may be anybody's.
const CODE = /^[A-Za-z][\w.-]{1,63}$/

/** What kinds of error the provider says it is, without its words. */
function kindOf({ type, code }: ProviderError): string {
  const kinds = [type, code].filter((kind) => kind !== undefined && CODE.test(kind))
  return kinds.length === 0 ? '' : ` (${kinds.join(', ')})`
}

/** The same failure without the provider's own words, for a caller of another protocol. */
export function withoutBody(failure: ProviderFailure): ProviderFailure {
  const { outcome, message, logMessage, providerStatus, retryAfterMs } = failure
  return new ProviderFailure(outcome, message, {
    logMessage,
    ...(providerStatus === undefined ? {} : { providerStatus }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}
