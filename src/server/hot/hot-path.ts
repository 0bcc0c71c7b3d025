import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { App } from '../../app/index.ts'
import type { HotEndpoint } from '../endpoint.ts'
import { hostCheck } from '../host-check.ts'
import type { Overload } from '../overload.ts'
import { AnswerBytes } from './answer-bytes.ts'
import { answerFormat } from './answer-format.ts'
import type { HotContext } from './hot-context.ts'
import { PlainConnection } from './plain-connection.ts'
import { rememberHeads } from './plain-head.ts'
import { Turn } from './turn.ts'

interface HotPathOptions {
  readonly app: App
  readonly endpoints: readonly HotEndpoint[]
  readonly overload: Overload
  readonly nextId: () => string
  /** How long a connection may be idle. */
  readonly idleTimeoutMs: number
  readonly isDraining: () => boolean
}

/** The connections that Node's server does not know of. */
export interface HotPath {
  /** From now on connections are ended when they are idle; those that are, at once. */
  close(): void
  /** Ends all, whatever is under way. */
  destroy(): void
}

/**
 * Serves the calls that are made most without Node's HTTP server and the framework, as long as the requests on a
 * connection are as plain as nearly all are: to decide is then what takes longest. Every other connection goes to Node
 * as if this were not there. The answers are the framework's to the byte, which a test compares.
 */
export function serveHotPath(server: Server, options: HotPathOptions): HotPath {
  const { app, endpoints, idleTimeoutMs } = options
  const { bodyLimitBytes, cors } = app.config.server
  // Node's server listens to its own connections like anyone else; handing it one later is documented.
  const listeners = server.listeners('connection') as ((socket: Socket) => void)[]
  const answerBytes = new AnswerBytes()
  const connections = new Set<PlainConnection>()
  let isClosing = false
  const context: HotContext = {
    ...options,
    bodyLimitBytes,
    targets: new Map(
      endpoints.map((endpoint) => {
        const { path, operation, parse, decide } = endpoint
        return [path, { endpoint, operation: app.metrics.operation(operation), parse, decide }]
      }),
    ),
    readHead: rememberHeads(),
    isOwnHost: hostCheck(app.config.server),
    isClosing: () => isClosing,
    format: answerFormat(cors, idleTimeoutMs, answerBytes),
    answerBytes,
    turn: new Turn(),
    connections,
    handOver(socket) {
      for (const listener of listeners) listener.call(server, socket)
    },
  }
  server.removeAllListeners('connection')
  server.on('connection', (socket) => new PlainConnection(context, socket))
  return {
    close() {
      isClosing = true
      for (const connection of [...connections]) connection.endWhenIdle()
    },
    destroy() {
      for (const connection of connections) connection.destroy()
    },
  }
}
