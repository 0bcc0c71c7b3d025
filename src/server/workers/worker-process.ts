// Runs as one of several processes that serve together, started and told what to do by a supervisor; ends with it.
import { type App, createApp } from '../../app/index.ts'
import { parseRouteText, secretsOf } from '../../config/index.ts'
import { isStrataError, StrataError } from '../../errors/index.ts'
import { createLogger } from '../../observability/index.ts'
import { collectGarbage, keepHeapSmall, makeRoomForCalls } from '../small-heap.ts'
import { type StartedServer, startServer } from '../start-server.ts'
import { tellOfCrash } from '../tell-of-crash.ts'
import type { RouteFileContent, StopOrder, ToSupervisor, ToWorker } from './messages.ts'

const tell = (message: ToSupervisor): Promise<void> =>
  new Promise((resolve) => {
    // When the supervisor is gone, so is this process, at the end of this turn.
    process.send?.(message, undefined, {}, () => resolve())
  })

const opened = Promise.withResolvers<App>()
const rendered = new Map<number, (text: string) => void>()
let requests = 0
let server: StartedServer | undefined
let isStopping = false

async function prepare(order: ToWorker & { kind: 'start' }): Promise<void> {
  const { config, demo, number, routeFile } = order
  const callsModels = Object.keys(config.models).length > 0
  keepHeapSmall(callsModels)
  const logger = createLogger(config.log.level, { secrets: secretsOf(config) }).child({ worker: number })
  tellOfCrash(logger)
  const app = await createApp(config, { logger, demo, ...(routeFile ? { routeFile } : {}) })
  app.routes.onChange(({ name }) => void tell({ kind: 'changed', set: name }))
  app.metrics.gatherWith(
    () =>
      new Promise((resolve) => {
        rendered.set(++requests, resolve)
        void tell({ kind: 'gather', request: requests })
      }),
  )
  if (callsModels) await app.gateway()
  collectGarbage()
  if (callsModels) makeRoomForCalls()
  app.warmUp()
  opened.resolve(app)
  await tell({ kind: 'prepared', sets: app.routes.list().map(({ name }) => name) })
}

async function listen(port: number): Promise<void> {
  const app = await opened.promise
  const config = { ...app.config, server: { ...app.config.server, port } }
  // Elsewhere the supervisor takes the connections and hands them out.
  server = await startServer(app, config, { sharesPort: process.platform === 'linux' })
  await tell({ kind: 'listening', url: server.url })
}

async function adopt(sets: Iterable<string>): Promise<void> {
  const app = await opened.promise
  for (const name of sets) {
    await app.routes.adopt(name).catch((error: unknown) => {
      app.logger.error({ routeSet: name, err: error }, 'a change of another worker could not be taken over')
    })
  }
}

async function adoptAll(sets: readonly string[]): Promise<void> {
  const app = await opened.promise
  await adopt(new Set([...sets, ...app.routes.list().map(({ name }) => name)]))
}

async function takeRouteFile({ text, version }: RouteFileContent, fits: boolean): Promise<void> {
  const { routes, logger, config } = await opened.promise
  const file = config.routes.file as string
  let isRefused = false
  try {
    const routeSet = parseRouteText(text, file)
    await routes.replaceFromFile(routeSet, { version, refits: fits })
    if (fits)
      logger.info({ file, routes: routeSet.routes.length }, 'the route file has changed; its routes are live')
  } catch (error) {
    isRefused = true
    const details = isStrataError(error) ? error.details : []
    logger.error({ file, err: error, details }, 'the route file was refused; the routes before serve on')
  }
  if (fits) await tell({ kind: 'routeFileTaken', version, isRefused })
}

async function report(request: number): Promise<void> {
  const { metrics } = await opened.promise
  await tell({ kind: 'figures', request, families: await metrics.all() })
}

/** Never rejects: what fails is logged, and ends nothing. */
function carryOut(order: string, work: Promise<void>): Promise<void> {
  return work.catch(async (error: unknown) => {
    const { logger } = await opened.promise
    logger.error({ order, err: error }, 'an order of the supervisor could not be carried out')
  })
}

async function stop(order: StopOrder): Promise<void> {
  if (isStopping) return
  isStopping = true
  if (server === undefined) process.exit(0)
  const { hurry, wasAsked } = order
  await carryOut('stop', server.close({ hurry, ...(wasAsked ? { wasAsked } : {}) }))
  await carryOut('report', report(0))
  await carryOut('stop', (await opened.promise).close())
  process.exit(0)
}

/** Says why the server cannot start, and ends. */
async function refuse(error: unknown): Promise<never> {
  const { code, message, details } = isStrataError(error)
    ? error
    : new StrataError('internal', `A worker could not start: ${error instanceof Error ? error.stack : error}`)
  await tell({ kind: 'refused', code, message, details })
  process.exit(1)
}

function obey(message: ToWorker): void {
  switch (message.kind) {
    case 'start':
      prepare(message).catch(refuse)
      break
    case 'listen':
      listen(message.port).catch(refuse)
      break
    case 'adopt':
      void carryOut('adopt', adopt(message.sets))
      break
    case 'adoptAll':
      void carryOut('adoptAll', adoptAll(message.sets))
      break
    case 'routeFile':
      void carryOut('routeFile', takeRouteFile(message.content, message.fits))
      break
    case 'report':
      void carryOut('report', report(message.request))
      break
    case 'metrics':
      rendered.get(message.request)?.(message.text)
      rendered.delete(message.request)
      break
    case 'stop':
      void stop(message)
      break
  }
}

process.on('message', obey)
// Told to this process alone, it drains and another takes its place; told to all, the supervisor says the same.
process.on('SIGTERM', () => void stop({ hurry: false, wasAsked: false }))
// Ctrl-C reaches every process of the terminal; the supervisor says what to do.
process.on('SIGINT', () => {})
await tell({ kind: 'up' })
