import { type AppOptions, createApp } from '../app/index.ts'
import type { LoadedConfig } from '../config/index.ts'
import { collectGarbage, keepHeapSmall } from './small-heap.ts'
import { type StartedServer, startServer } from './start-server.ts'

export interface RunServerOptions extends AppOptions {
  /** Writes the lines for people that say where to go; standard error unless told otherwise, as logs take the other. */
  readonly print?: (text: string) => void
}

/**
 * Serves until the process is told to stop: SIGTERM drains first, SIGINT does not wait. Resolves when all is closed.
 * @throws StrataError when it cannot start, saying what to change
 */
export async function runServer(loaded: LoadedConfig, options: RunServerOptions = {}): Promise<void> {
  const { config } = loaded
  keepHeapSmall()
  const app = await createApp(config, options)
  for (const note of loaded.notes) app.logger.warn(note)
  collectGarbage()
  app.warmUp()
  let server: StartedServer
  try {
    server = await startServer(app, config)
  } catch (error) {
    await app.close()
    throw error
  }
  const told = untilToldToStop()
  const print = options.print ?? ((text) => void process.stderr.write(text))
  const curl = `curl ${config.server.tls ? '-k ' : ''}${server.url}/v1/route -H 'content-type: application/json' -d '{"text":"where is my refund?"}'`
  app.logger.info({ url: server.url, try: curl }, 'ready')
  print(`StrataRouter is at ${server.url}  (reference: ${server.url}/docs)\nTry: ${curl}\n`)
  const signal = await told
  app.logger.info({ signal }, 'stopping')
  await server.close({ hurry: signal === 'SIGINT' })
  await app.close()
  app.logger.info('stopped')
}

/** Later signals change nothing: a terminal and a parent process may both pass on the same one. */
function untilToldToStop(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.on('SIGTERM', resolve)
    process.on('SIGINT', resolve)
  })
}
