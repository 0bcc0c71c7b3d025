import { type DestinationStream, type Logger, pino } from 'pino'

export type { Logger } from 'pino'

/** JSON lines on standard output, where orchestrators collect them; what is for people goes to standard error. */
export function createLogger(level: string, destination: DestinationStream = pino.destination(1)): Logger {
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
    },
    destination,
  )
}
