import type { ErrorCode } from '../../errors/index.ts'

/** What can go wrong with every call of a model. */
export const MODEL_ERRORS: readonly ErrorCode[] = [
  'invalid_api_key',
  'permission_denied',
  'rate_limited',
  'budget_exceeded',
  'model_unpriced',
  'model_not_found',
  'route_not_found',
  'route_set_not_found',
  'untranslatable',
  'provider_refused',
  'provider_unauthorized',
  'provider_rate_limited',
  'provider_failed',
  'provider_unreachable',
  'provider_malformed',
  'provider_truncated',
  'provider_timeout',
  'all_attempts_failed',
  'overloaded',
  'payload_too_large',
]
