import type { ErrorCode } from '../errors/index.ts'

/** What the program answers to the shell. Printed in `--help` and in docs/reference/cli.md. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: 'Done.' },
  checkFailed: { code: 1, meaning: 'The thing that was checked is not in order (lint, doctor).' },
  usage: { code: 2, meaning: 'The command line is wrong: unknown command or flag, or a value out of range.' },
  input: { code: 3, meaning: 'A file or an input text is missing, unreadable, too long or not valid.' },
  internal: { code: 4, meaning: 'Something unexpected happened; STRATAROUTER_DEBUG=1 shows where.' },
  environment: { code: 5, meaning: 'The machine refused: port taken, storage not writable, disk full.' },
} as const

const INPUT_CODES: ReadonlySet<ErrorCode> = new Set([
  'invalid_route_set',
  'invalid_configuration',
  'invalid_rule',
  'invalid_data',
  'invalid_snapshot',
  'encoder_mismatch',
  'dimension_mismatch',
  'not_enough_data',
  'payload_too_large',
  'text_too_long',
  'file_not_found',
])
const USAGE_CODES: ReadonlySet<ErrorCode> = new Set(['invalid_request', 'route_not_found', 'key_not_found'])
const ENVIRONMENT_CODES: ReadonlySet<ErrorCode> = new Set(['port_in_use', 'storage_failed'])

/** The exit code for an error of the table in `src/errors`. */
export function exitCodeFor(code: ErrorCode): number {
  if (USAGE_CODES.has(code)) return EXIT_CODES.usage.code
  if (INPUT_CODES.has(code)) return EXIT_CODES.input.code
  if (ENVIRONMENT_CODES.has(code)) return EXIT_CODES.environment.code
  return EXIT_CODES.internal.code
}
