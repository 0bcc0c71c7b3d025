import type { Logger } from '../observability/index.ts'

/** Has the log tell what nobody caught, where Node would print all that the error holds; then ends the process as Node would. */
export function tellOfCrash(logger: Logger): void {
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'something was not caught; the process ends')
    process.exit(1)
  })
}
