import type { Config } from '../config/index.ts'
import type { Logger } from '../observability/index.ts'

/** Says where the server is: its address to the log, and to people also what to open and what to type. */
export function announceReady(
  url: string,
  config: Config,
  callsModels: boolean,
  logger: Logger,
  print: (text: string) => void = (text) => void process.stderr.write(text),
): void {
  const curl = (path: string, body: string) =>
    `Try: curl ${config.server.tls ? '-k ' : ''}${url}${path} -H 'content-type: application/json' -d '${body}'\n`
  const tries = [curl('/v1/route', '{"text":"where is my refund?"}')]
  if (callsModels) {
    tries.push(
      curl(
        '/v1/chat/completions',
        '{"model":"auto","messages":[{"role":"user","content":"where is my refund?"}]}',
      ),
    )
  }
  logger.info({ url }, 'ready')
  print(
    `StrataRouter is at ${url}  (reference: ${url}/docs)\nPage to try and edit its routes: ${url}/\n${tries.join('')}`,
  )
}
