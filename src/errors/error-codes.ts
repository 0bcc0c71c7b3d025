/** Every error StrataRouter can answer with. `docs/reference/errors.md` is compared with this table by a test. */
export const ERROR_CODES = {
  invalid_request: { status: 400, retryable: false, level: 'info' },
  invalid_route_set: { status: 400, retryable: false, level: 'info' },
  invalid_configuration: { status: 500, retryable: false, level: 'error' },
  invalid_rule: { status: 400, retryable: false, level: 'info' },
  invalid_data: { status: 400, retryable: false, level: 'info' },
  invalid_snapshot: { status: 400, retryable: false, level: 'warn' },
  invalid_model: { status: 500, retryable: false, level: 'error' },
  encoder_mismatch: { status: 409, retryable: false, level: 'warn' },
  dimension_mismatch: { status: 400, retryable: false, level: 'info' },
  not_enough_data: { status: 422, retryable: false, level: 'info' },
  route_not_found: { status: 404, retryable: false, level: 'info' },
  route_set_not_found: { status: 404, retryable: false, level: 'info' },
  route_exists: { status: 409, retryable: false, level: 'info' },
  version_conflict: { status: 409, retryable: false, level: 'info' },
  route_set_read_only: { status: 409, retryable: false, level: 'info' },
  not_found: { status: 404, retryable: false, level: 'info' },
  host_not_allowed: { status: 421, retryable: false, level: 'info' },
  method_not_allowed: { status: 405, retryable: false, level: 'info' },
  payload_too_large: { status: 413, retryable: false, level: 'info' },
  text_too_long: { status: 413, retryable: false, level: 'info' },
  unsupported_media_type: { status: 415, retryable: false, level: 'info' },
  overloaded: { status: 503, retryable: true, level: 'warn' },
  shutting_down: { status: 503, retryable: true, level: 'info' },
  port_in_use: { status: 500, retryable: false, level: 'error' },
  file_not_found: { status: 500, retryable: false, level: 'error' },
  storage_failed: { status: 503, retryable: true, level: 'error' },
  aborted: { status: 499, retryable: true, level: 'info' },
  internal: { status: 500, retryable: false, level: 'error' },
} as const satisfies Record<string, { status: number; retryable: boolean; level: 'info' | 'warn' | 'error' }>

/** One of the codes in `ERROR_CODES`. */
export type ErrorCode = keyof typeof ERROR_CODES
