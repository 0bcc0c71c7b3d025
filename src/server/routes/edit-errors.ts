import type { ErrorCode } from '../../errors/index.ts'

/** What every change of a route set may be refused with. */
const CHANGE: readonly ErrorCode[] = [
  'invalid_request',
  'version_conflict',
  'route_set_read_only',
  'storage_failed',
  'shutting_down',
]

/** A change of a set that must be there. */
export const CHANGE_ERRORS: readonly ErrorCode[] = [...CHANGE, 'route_set_not_found']

/** A whole set that is written, whether or not it is there. */
export const WRITE_SET_ERRORS: readonly ErrorCode[] = [
  ...CHANGE,
  'invalid_route_set',
  'invalid_rule',
  'payload_too_large',
]

/** A route that is written into a set. */
export const WRITE_ROUTE_ERRORS: readonly ErrorCode[] = [...WRITE_SET_ERRORS, 'route_set_not_found']
