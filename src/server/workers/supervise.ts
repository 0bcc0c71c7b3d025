import { type LoadedConfig, secretsOf } from '../../config/index.ts'
import { createLogger } from '../../observability/index.ts'
import { announceReady } from '../announce-ready.ts'
import type { RunServerOptions } from '../run-server.ts'
import { collectGarbage, keepHeapSmall } from '../small-heap.ts'
import { tellOfCrash } from '../tell-of-crash.ts'
import { untilToldToStop } from '../told-to-stop.ts'
import { Supervisor } from './supervisor.ts'

/** Serves from `count` processes until told to stop; decides nothing itself. As `runServer`. */
export async function supervise(
  loaded: LoadedConfig,
  count: number,
  options: RunServerOptions,
): Promise<void> {
  const { config } = loaded
  keepHeapSmall()
  const logger = createLogger(config.log.level, { secrets: secretsOf(config) })
  tellOfCrash(logger)
  for (const note of loaded.notes) logger.warn(note)
  const { limits } = config
  const supervisor = new Supervisor({
    // What is meant for the server as a whole is divided among its workers.
    config: { ...config, limits: { ...limits, inFlight: Math.ceil(limits.inFlight / count) } },
    count,
    demo: options.demo === true,
    logger,
  })
  const url = await supervisor.start()
  collectGarbage()
  const told = untilToldToStop()
  logger.info({ workers: count }, 'all workers serve')
  const callsModels = options.demo === true || Object.keys(config.models).length > 0
  announceReady(url, config, callsModels, logger, options.print)
  const signal = await Promise.race([told, supervisor.failed])
  logger.info({ signal }, 'stopping')
  await supervisor.stop({ hurry: signal === 'SIGINT' })
  logger.info('stopped')
}
