import type { Config } from '../config/index.ts'
import type { Logger } from '../observability/index.ts'

/** Says where the server is: its address to the log, and to people also what to open and what to type. */
export function announceReady(
  url: string,
  config: Config,
  logger: Logger,
  print: (text: string) => void = (text) => void process.stderr.write(text),
): void {
  const curl = `curl ${config.server.tls ? '-k ' : ''}${url}/v1/route -H 'content-type: application/json' -d '{"text":"where is my refund?"}'`
  logger.info({ url }, 'ready')
  print(
    `StrataRouter is at ${url}  (reference: ${url}/docs)\nPage to try and edit its routes: ${url}/\nTry: ${curl}\n`,
  )
}
