import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GENERATOR_CORE, portOfReadyLine, ServerProcess, startNode } from '../load/processes.ts'
import { routes } from './conversations.ts'
import type { Crowd, CrowdOutcome, GeneratorTask, Load, LoadOutcome, Requests } from './tasks.ts'

const inFolder = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const MOCK = inFolder('../../src/testing/mock-provider/mock-provider-process.ts')
const PORTKEY = inFolder('../node_modules/@portkey-ai/gateway/build/start-server.js')

/** Events of a streamed answer, with 16 characters each; a whole answer has as much text. */
export const EVENTS = 20

/** The mock provider on the core of the generator, so that what is measured has one to itself. */
export function startMock({ delayMs = 0, eventDelayMs = 0 } = {}): Promise<ServerProcess> {
  const args = [MOCK, '--fast', '--events', `${EVENTS}`]
  return ServerProcess.start(
    [...args, '--delay-ms', `${delayMs}`, '--event-delay-ms', `${eventDelayMs}`],
    (line) => Number(new URL((JSON.parse(line) as { url: string }).url).port),
    { core: GENERATOR_CORE },
  )
}

export const startBareProxy = (): Promise<ServerProcess> =>
  ServerProcess.start([inFolder('bare-proxy.ts')], Number)

/** As its own command starts it, but for the page to look at. */
export async function startPortkey(): Promise<ServerProcess> {
  if (!existsSync(PORTKEY)) throw new Error('Portkey is not installed; run: npm ci --prefix benchmarks')
  const port = await findPort()
  return ServerProcess.start([PORTKEY, `--port=${port}`, '--headless'], (line) =>
    line.includes('Ready for connections') ? port : null,
  )
}

/** What our gateway calls `model` is at the mock with that port. */
export type Models = Readonly<Record<string, number>>

/** Our gateway as users start it, with a model at each mock; `auto` decides among 150 routes. */
export function startGateway(folder: string, models: Models): Promise<ServerProcess> {
  mkdirSync(folder, { recursive: true })
  const config = join(folder, 'stratarouter.yaml')
  const routeFile = join(folder, 'routes.json')
  const entries = Object.entries(models)
  // JSON, as YAML is a superset of it.
  const settings = {
    providers: Object.fromEntries(
      entries.map(([name, port]) => [
        name,
        { type: 'openai-compatible', apiKey: 'env:MOCK_API_KEY', baseUrl: `http://127.0.0.1:${port}/v1` },
      ]),
    ),
    models: Object.fromEntries(entries.map(([name]) => [name, { provider: name, model: PROVIDER_MODEL }])),
    defaultModel: entries[0]![0],
  }
  writeFileSync(config, JSON.stringify(settings))
  writeFileSync(routeFile, JSON.stringify({ version: 1, routes: routes() }))
  const args = ['dist/cli/main.js', 'serve', '--config', config, '--routes', routeFile, '--port', '0']
  const env = { STRATAROUTER_DATA_DIR: join(folder, 'data'), MALLOC_ARENA_MAX: '1', MOCK_API_KEY: API_KEY }
  return ServerProcess.start(args, portOfReadyLine, { env })
}

/** What the providers call the model. */
export const PROVIDER_MODEL = 'gpt-5-mini'
export const API_KEY = 'sk-mock'

async function findPort(): Promise<number> {
  const holder = createServer()
  await once(holder.listen(0, '127.0.0.1'), 'listening')
  const { port } = holder.address() as AddressInfo
  holder.close()
  await once(holder, 'close')
  return port
}

/** The generator, in a process on the other core. */
export class Generator {
  readonly #process = startNode(GENERATOR_CORE, [inFolder('generator.ts')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })

  load(requests: Requests, load: Load): Promise<LoadOutcome> {
    return this.#ask({ requests, load }) as Promise<LoadOutcome>
  }

  crowd(requests: Requests, crowd: Crowd): Promise<CrowdOutcome> {
    return this.#ask({ requests, crowd }) as Promise<CrowdOutcome>
  }

  stop(): void {
    this.#process.disconnect()
  }

  async #ask(task: GeneratorTask): Promise<unknown> {
    const answer = once(this.#process, 'message') as Promise<[{ error?: string }]>
    this.#process.send(task)
    const [outcome] = await answer
    if (outcome.error !== undefined) throw new Error(outcome.error)
    return outcome
  }
}
