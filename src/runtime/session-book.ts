import { quickHash } from '../util/quick-hash.ts'

/** Where a conversation went. */
export interface Session {
  readonly model: string
  /** Whose route that is; undefined where a model was named. */
  readonly routeSet: string | undefined
  /** Null where no route matched. */
  readonly route: string | null
  readonly fallbacks: readonly string[] | undefined
}

/** By which the conversation is found that goes on from an answer. */
export function answerKey(tenant: string, id: string): string {
  return `${tenant}\n\nanswer ${id}`
}

/** By which a conversation is found, however long what tells it apart: nobody's messages are kept in memory. */
export function sessionKey(tenant: string, session: string): string {
  return `${tenant}\n${quickHash(encoder.encode(session))}`
}

const encoder = new TextEncoder()

/** Conversations that are remembered; a thousand take about 250 KB. */
const SESSIONS_KEPT = 20_000

/** Remembers where conversations went, so that they stay there and the provider's cache of their beginning serves. */
export class SessionBook {
  readonly #sessions = new Map<string, Session>()

  get(key: string): Session | undefined {
    const session = this.#sessions.get(key)
    if (session === undefined) return undefined
    // The order of the map is that of the last use.
    this.#sessions.delete(key)
    this.#sessions.set(key, session)
    return session
  }

  set(key: string, session: Session): void {
    this.#sessions.delete(key)
    this.#sessions.set(key, session)
    if (this.#sessions.size <= SESSIONS_KEPT) return
    const [oldest] = this.#sessions.keys()
    this.#sessions.delete(oldest as string)
  }
}
