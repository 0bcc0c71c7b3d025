import { isStrataError } from '../errors/index.ts'

/** What of an error is worth a line in a log; other fields may hold requests, with their headers and texts. */
interface LoggedError {
  readonly type: string
  readonly message: string
  readonly code?: string | number
  readonly details?: unknown
  readonly stack?: string
  readonly cause?: LoggedError
}

const DEPTH = 5

/** Whoever throws something may have put anything into it, so what is known to be harmless is taken out of it. */
export function logError(error: unknown, depth = 0): LoggedError | string {
  if (!(error instanceof Error))
    return typeof error === 'object' ? 'an object that is no error' : String(error)
  const { name, stack, cause } = error
  const isOurs = isStrataError(error)
  // A parser's words quote what it was given.
  const message = isOurs ? error.logMessage : error instanceof SyntaxError ? 'not well formed' : error.message
  const code = 'code' in error ? error.code : undefined
  const frames = stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
  return {
    type: name,
    message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    // Where others are quoted, the details quote them too.
    ...(isOurs && error.details.length > 0 && message === error.message ? { details: error.details } : {}),
    ...(frames ? { stack: frames } : {}),
    ...(cause instanceof Error && depth < DEPTH ? { cause: logError(cause, depth + 1) as LoggedError } : {}),
  }
}
