import type { ServerProcess } from '../load/processes.ts'
import { bodiesFor } from './conversations.ts'
import {
  API_KEY,
  PROVIDER_MODEL,
  startBareProxy,
  startGateway,
  startMock,
  startPortkey,
} from './processes.ts'
import type { Requests, Side } from './tasks.ts'

/** A mock that answers at once, after 20 ms, and in streams with a pause between events, or a long one. */
export type Mock = 'fast' | 'slow' | 'paced' | 'lasting'

export const SLOW_MS = 20
export const PACE_MS = 10
export const LASTING_PACE_MS = 200

/** Everything that is measured, each in a process of its own. */
export class Sides {
  readonly #mocks: Readonly<Record<Mock, ServerProcess>>
  readonly #between: Readonly<Record<'bare' | 'ours' | 'portkey', ServerProcess>>

  private constructor(
    mocks: Readonly<Record<Mock, ServerProcess>>,
    between: Readonly<Record<'bare' | 'ours' | 'portkey', ServerProcess>>,
  ) {
    this.#mocks = mocks
    this.#between = between
  }

  static async start(folder: string): Promise<Sides> {
    const started: ServerProcess[] = []
    const keep = async (starting: Promise<ServerProcess>) => {
      const process = await starting
      started.push(process)
      return process
    }
    try {
      const mocks = {
        fast: await keep(startMock()),
        slow: await keep(startMock({ delayMs: SLOW_MS })),
        paced: await keep(startMock({ eventDelayMs: PACE_MS })),
        lasting: await keep(startMock({ eventDelayMs: LASTING_PACE_MS })),
      }
      const models = Object.fromEntries(Object.entries(mocks).map(([name, { port }]) => [name, port]))
      return new Sides(mocks, {
        bare: await keep(startBareProxy()),
        ours: await keep(startGateway(folder, models)),
        portkey: await keep(startPortkey()),
      })
    } catch (error) {
      for (const process of started) await process.stop()
      throw error
    }
  }

  /** What is between generator and mock; undefined where nothing is. */
  process(side: Side): ServerProcess | undefined {
    if (side === 'direct') return undefined
    return this.#between[side === 'routed' ? 'ours' : side]
  }

  requests(side: Side, mock: Mock, options: { count?: number; isStreamed?: boolean } = {}): Requests {
    const upstream = `http://127.0.0.1:${this.#mocks[mock].port}`
    const model = side === 'routed' ? 'auto' : side === 'ours' ? mock : PROVIDER_MODEL
    const headers = {
      authorization: `Bearer ${API_KEY}`,
      ...(side === 'bare' ? { 'x-upstream': upstream } : {}),
      ...(side === 'portkey'
        ? { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${upstream}/v1` }
        : {}),
    }
    const { port } = this.process(side) ?? this.#mocks[mock]
    return { port, path: '/v1/chat/completions', headers, bodies: bodiesFor(model, options) }
  }

  async stop(): Promise<void> {
    for (const process of [...Object.values(this.#between), ...Object.values(this.#mocks)])
      await process.stop()
  }
}
