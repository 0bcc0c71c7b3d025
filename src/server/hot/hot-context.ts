import type { Socket } from 'node:net'
import type { Identity } from '../../access/index.ts'
import type { App } from '../../app/index.ts'
import type { Operation } from '../../observability/index.ts'
import type { HotEndpoint, JsonText } from '../endpoint.ts'
import type { Overload } from '../overload.ts'
import type { AnswerBytes } from './answer-bytes.ts'
import type { answerFormat } from './answer-format.ts'
import type { PlainHead } from './plain-head.ts'
import type { Turn } from './turn.ts'

/** One endpoint. */
export interface HotTarget {
  readonly endpoint: HotEndpoint
  readonly operation: Operation
  readonly parse: (body: unknown, app: App) => never
  readonly decide: (app: App, body: never, identity: Identity) => JsonText | Promise<JsonText>
}

/** A connection that Node's server does not know of. */
interface HotConnection {
  endWhenIdle(): void
  destroy(): void
}

/** What all connections share. */
export interface HotContext {
  readonly app: App
  readonly targets: ReadonlyMap<string, HotTarget>
  readonly overload: Overload
  readonly readHead: (head: string) => PlainHead | null
  readonly isOwnHost: (host: string) => boolean
  readonly nextId: () => string
  readonly bodyLimitBytes: number
  readonly idleTimeoutMs: number
  readonly isDraining: () => boolean
  readonly isClosing: () => boolean
  readonly format: ReturnType<typeof answerFormat>
  readonly answerBytes: AnswerBytes
  readonly turn: Turn
  readonly connections: Set<HotConnection>
  /** Gives a connection to Node's own server, unread bytes included. */
  readonly handOver: (socket: Socket) => void
}
