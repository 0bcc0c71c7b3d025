import type { Config } from '../config/index.ts'
import type { Logger } from '../observability/index.ts'

/** Says where the server is: to the log, and in a line for people that can be tried at once. */
export function announceReady(
  url: string,
  config: Config,
  logger: Logger,
  print: (text: string) => void = (text) => void process.stderr.write(text),
): void {
  const curl = `curl ${config.server.tls ? '-k ' : ''}${url}/v1/route -H 'content-type: application/json' -d '{"text":"where is my refund?"}'`
  logger.info({ url, try: curl }, 'ready')
  print(`StrataRouter is at ${url}  (reference: ${url}/docs)\nTry: ${curl}\n`)
}
