import { type DestinationStream, type Logger, pino } from 'pino'
import { secretRemover } from '../util/without-secrets.ts'
import { logError } from './log-error.ts'

export type { Logger } from 'pino'

interface LoggerOptions {
  /** Never written, whatever they come in. */
  readonly secrets?: Iterable<string>
  /** Standard output if not given, where orchestrators collect logs; what is for people goes to standard error. */
  readonly destination?: DestinationStream
}

/** JSON lines without secrets: of errors what is known to be harmless, and no line with a secret that is known or looks like one. */
export function createLogger(
  level: string,
  { secrets = [], destination = pino.destination(1) }: LoggerOptions = {},
): Logger {
  const withoutSecrets = secretRemover(secrets)
  return pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [
          'headers.authorization',
          'headers.cookie',
          'headers["x-api-key"]',
          '*.authorization',
          '*.apiKey',
          '*.key',
        ],
        censor: '***',
      },
      serializers: { err: logError, error: logError },
    },
    { write: (line) => destination.write(withoutSecrets(line)) },
  )
}
