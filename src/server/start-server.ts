import type { AddressInfo } from 'node:net'
import type { App } from '../app/index.ts'
import { type Config, isLoopbackHost } from '../config/index.ts'
import { StrataError } from '../errors/index.ts'
import { type BuiltServer, buildServer } from './build-server.ts'
import { startRefusal } from './start-refusal.ts'

/** Longer than balancers usually take between two looks at `/health/ready`. */
const DRAIN_DELAY_MS = 5000

export interface StartedServer {
  /** Where it can be reached from this machine, such as `http://127.0.0.1:8000`. */
  readonly url: string
  /**
   * Not ready at once; serves on for `shutdown.drainDelayMs` (unset: 5 s where anyone has asked `/health/ready`); then takes no new connection, finishes the requests in
   * flight for at most `shutdown.timeoutMs`, and cuts the rest. Does not close the app.
   * @param hurry leaves out the delay, for a stop that a person waits for
   * @param wasAsked that somebody has asked another process of this server whether it is ready
   */
  close(options?: { hurry?: boolean; wasAsked?: boolean }): Promise<void>
}

/**
 * Listens where the configuration says.
 * @param sharesPort lets other processes that say the same listen there, too; the kernel spreads the connections
 * @throws StrataError `port_in_use`, or `invalid_configuration` for an address or certificate that cannot be used
 */
export async function startServer(
  app: App,
  config: Config,
  { sharesPort = false }: { sharesPort?: boolean } = {},
): Promise<StartedServer> {
  const { host, port, tls } = config.server
  if (!isLoopbackHost(host) && config.auth.mode !== 'none' && !app.access.hasKeys()) throw exposed(host)
  let built: BuiltServer
  try {
    built = buildServer(app)
    // Fastify passes all of it on to Node, though its type does not name all of it.
    const where = { host, port, reusePort: sharesPort }
    await built.fastify.listen(where)
  } catch (error) {
    const refusal = startRefusal(error, host, port)
    if (refusal === null) throw error
    throw new StrataError(refusal.code, `${refusal.problem}; ${refusal.remedy}.`, { cause: error })
  }
  const { fastify } = built
  const address = fastify.server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://${reachableHost(address.address)}:${address.port}`,
    async close({ hurry = false, wasAsked = built.readiness.wasAsked } = {}) {
      built.drain()
      // Where nobody has asked whether it is ready, nobody would look away, and whoever stops it need not wait.
      const { drainDelayMs = wasAsked ? DRAIN_DELAY_MS : 0 } = config.shutdown
      if (!hurry && drainDelayMs > 0) await delay(drainDelayMs)
      const cut = setTimeout(() => built.cut(), config.shutdown.timeoutMs)
      await built.close()
      clearTimeout(cut)
    },
  }
}

const exposed = (host: string): StrataError =>
  new StrataError(
    'invalid_configuration',
    `Listening on ${host} lets others reach the server, and there is no API key yet; make one with "stratarouter keys create", or write down auth.mode: none to let anyone call, or listen on 127.0.0.1.`,
    {
      details: [
        {
          path: 'server.host',
          message: 'expected a loopback address, an API key, or auth.mode: none',
          got: host,
        },
      ],
    },
  )

const delay = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

function reachableHost(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1'
  if (address === '::') return '[::1]'
  return address.includes(':') ? `[${address}]` : address
}
