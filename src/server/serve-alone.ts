import { createApp } from '../app/index.ts'
import type { LoadedConfig } from '../config/index.ts'
import { announceReady } from './announce-ready.ts'
import type { RunServerOptions } from './run-server.ts'
import { collectGarbage, keepHeapSmall, makeRoomForCalls } from './small-heap.ts'
import { type StartedServer, startServer } from './start-server.ts'
import { tellOfCrash } from './tell-of-crash.ts'
import { untilToldToStop } from './told-to-stop.ts'

/** Serves from this process until told to stop. As `runServer`. */
export async function serveAlone(loaded: LoadedConfig, options: RunServerOptions): Promise<void> {
  const { config } = loaded
  const callsModels = Object.keys(config.models).length > 0
  keepHeapSmall(callsModels)
  const app = await createApp(config, { demo: options.demo === true })
  tellOfCrash(app.logger)
  for (const note of loaded.notes) app.logger.warn(note)
  // The first call should not have to wait for its code.
  if (callsModels) await app.gateway()
  collectGarbage()
  if (callsModels) makeRoomForCalls()
  app.warmUp()
  let server: StartedServer
  try {
    server = await startServer(app, config)
  } catch (error) {
    await app.close()
    throw error
  }
  const told = untilToldToStop()
  announceReady(server.url, config, callsModels || options.demo === true, app.logger, options.print)
  const signal = await told
  app.logger.info({ signal }, 'stopping')
  await server.close({ hurry: signal === 'SIGINT' })
  await app.close()
  app.logger.info('stopped')
}
