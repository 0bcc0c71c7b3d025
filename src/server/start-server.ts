import type { AddressInfo } from 'node:net'
import type { App } from '../app/index.ts'
import type { Config } from '../config/index.ts'
import { type ErrorCode, StrataError } from '../errors/index.ts'
import { type BuiltServer, buildServer } from './build-server.ts'

/** Longer than balancers usually take between two looks at `/health/ready`. */
const DRAIN_DELAY_MS = 5000

export interface StartedServer {
  /** Where it can be reached from this machine, such as `http://127.0.0.1:8000`. */
  readonly url: string
  /**
   * Not ready at once; serves on for `shutdown.drainDelayMs` (unset: 5 s where anyone has asked `/health/ready`); then takes no new connection, finishes the requests in
   * flight for at most `shutdown.timeoutMs`, and cuts the rest. Does not close the app.
   * @param hurry leaves out the delay, for a stop that a person waits for
   */
  close(options?: { hurry?: boolean }): Promise<void>
}

/**
 * Listens where the configuration says.
 * @throws StrataError `port_in_use`, or `invalid_configuration` for an address or certificate that cannot be used
 */
export async function startServer(app: App, config: Config): Promise<StartedServer> {
  const { host, port, tls } = config.server
  let built: BuiltServer
  try {
    built = buildServer(app)
    await built.fastify.listen({ host, port })
  } catch (error) {
    throw startRefusal(error, host, port)
  }
  const { fastify } = built
  const address = fastify.server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://${reachableHost(address.address)}:${address.port}`,
    async close({ hurry = false } = {}) {
      built.drain()
      // Where nobody has asked whether it is ready, nobody would look away, and whoever stops it need not wait.
      const { drainDelayMs = built.readiness.wasAsked ? DRAIN_DELAY_MS : 0 } = config.shutdown
      if (!hurry && drainDelayMs > 0) await delay(drainDelayMs)
      const cut = setTimeout(() => fastify.server.closeAllConnections(), config.shutdown.timeoutMs)
      await built.close()
      clearTimeout(cut)
    },
  }
}

const delay = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

function reachableHost(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1'
  if (address === '::') return '[::1]'
  return address.includes(':') ? `[${address}]` : address
}

function startRefusal(error: unknown, host: string, port: number): StrataError {
  const code = (error as { code?: string }).code
  const refusals: Readonly<Record<string, { code: ErrorCode; message: string }>> = {
    EADDRINUSE: {
      code: 'port_in_use',
      message: `Port ${port} on ${host} is in use; stop the program that holds it, or choose another with --port, PORT or server.port.`,
    },
    EACCES: {
      code: 'invalid_configuration',
      message: `Listening on port ${port} is not permitted to this user; choose a port above 1023 with --port, PORT or server.port.`,
    },
    EADDRNOTAVAIL: {
      code: 'invalid_configuration',
      message: `This machine has no address ${host}; set server.host to one it has, or to 127.0.0.1.`,
    },
    ENOTFOUND: {
      code: 'invalid_configuration',
      message: `The name ${host} has no address; set server.host to an address of this machine.`,
    },
  }
  const refusal = refusals[code ?? '']
  if (refusal) return new StrataError(refusal.code, refusal.message, { cause: error })
  if (code?.startsWith('ERR_OSSL')) {
    return new StrataError(
      'invalid_configuration',
      `The certificate or key of server.tls cannot be used (${(error as Error).message}); both must be PEM and belong together.`,
      { cause: error },
    )
  }
  throw error
}
