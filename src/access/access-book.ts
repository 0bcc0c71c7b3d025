import type {
  ApiKey,
  ApiKeySettings,
  ApiKeyStore,
  AuditActor,
  Clock,
  StoredApiKey,
  Timer,
} from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import { ANYONE, type Identity, identityOf } from './identity.ts'
import { hashOfSecret, newApiKey } from './new-api-key.ts'

interface AccessBookOptions {
  readonly store: ApiKeyStore
  readonly clock: Pick<Clock, 'now'>
  readonly timer: Timer
  /** `none`: nobody needs a key, whatever keys there are. */
  readonly mode: 'keys' | 'none'
  /** While no key has been made, nobody needs one: for loopback. Otherwise everybody is refused until there is one. */
  readonly openWithoutKeys: boolean
  /** Told when the keys cannot be read, or their uses not be noted, once until they can again. */
  readonly onFailure?: (error: unknown) => void
  /** How often the store is asked what has changed; revocation takes as long in other processes. */
  readonly pollMs?: number
}

interface Entry {
  readonly identity: Identity
  readonly expiresAt: number
  /** When its use was noted last. */
  usedAt: number
}

const POLL_MS = 500
/** Uses within it are noted once. */
const USE_MS = 60_000

/**
 * The keys that are valid, in memory, as fresh as the last poll. While the store is away, known keys stay valid and unknown ones
 * are refused with `storage_failed`.
 */
export class AccessBook {
  readonly #options: AccessBookOptions
  readonly #entries = new Map<string, Entry>()
  readonly #used = new Map<string, number>()
  #revision = 0
  #isAway = false
  #isUseLost = false
  #reading: Promise<void> | undefined
  #cancelPoll: (() => void) | undefined
  #isClosed = false

  private constructor(options: AccessBookOptions) {
    this.#options = options
  }

  /** Reads the keys and goes on reading changes. @throws StrataError `storage_failed` when they cannot be read at first */
  static async open(options: AccessBookOptions): Promise<AccessBook> {
    const book = new AccessBook(options)
    await book.#read()
    book.#pollLater()
    return book
  }

  /** True once a key has been made, revoked ones included: from then on keys are required. */
  hasKeys(): boolean {
    return this.#revision > 0
  }

  /**
   * Who presents this credential; about 1 µs.
   * @param credential what came as `Authorization: Bearer` or `x-api-key`
   * @throws StrataError `invalid_api_key`, `storage_failed`
   */
  identify(credential: string | undefined): Identity {
    const { mode, openWithoutKeys, clock } = this.#options
    if (mode === 'none' || (this.#revision === 0 && openWithoutKeys)) return ANYONE
    if (credential === undefined || credential === '') throw this.#withoutKey()
    const entry = this.#entries.get(hashOfSecret(credential))
    if (entry === undefined) throw this.#unknownKey()
    const now = clock.now()
    if (now >= entry.expiresAt) {
      throw new StrataError(
        'invalid_api_key',
        `The key ${entry.identity.keyId} has expired on ${new Date(entry.expiresAt).toISOString()}; have a new one made.`,
      )
    }
    if (now - entry.usedAt >= USE_MS) {
      entry.usedAt = now
      this.#used.set(entry.identity.keyId as string, now)
    }
    return entry.identity
  }

  /**
   * Makes a key, valid here when this resolves, in other processes by their next poll.
   * @returns the secret too, which nobody can read again
   * @throws StrataError `invalid_request`, `storage_failed`
   */
  async create(
    settings: ApiKeySettings,
    by: AuditActor,
  ): Promise<{ readonly key: ApiKey; readonly secret: string }> {
    const made = newApiKey(settings, this.#options.clock.now())
    await this.#options.store.create(made.key, by)
    await this.refresh()
    const { hash: _, ...key } = made.key
    return { key, secret: made.secret }
  }

  /**
   * Ends a key, here when this resolves, in other processes by their next poll.
   * @param tenant whose key it must be, where only its own may be ended
   * @throws StrataError `key_not_found`, `storage_failed`
   */
  async revoke(id: string, by: AuditActor, tenant?: string): Promise<ApiKey> {
    const key = await this.#options.store.revoke(id, this.#options.clock.now(), by, tenant)
    if (key === null) {
      throw new StrataError(
        'key_not_found',
        `There is no key ${id}; stratarouter keys list shows those there are.`,
      )
    }
    await this.refresh()
    return key
  }

  /** Every key, revoked ones too, the newest first. @throws StrataError `storage_failed` */
  list(tenant?: string): Promise<readonly ApiKey[]> {
    return this.#options.store.list(tenant)
  }

  /** Reads what has changed since; what cannot be read is told to `onFailure` and read by a later poll. */
  async refresh(): Promise<void> {
    // One that is under way may have begun before the change that is wanted.
    await this.#reading
    this.#reading ??= this.#readSafely().finally(() => {
      this.#reading = undefined
    })
    await this.#reading
  }

  /** Ends polling, and notes the uses that were not noted yet. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelPoll?.()
    await this.#reading
    await this.#noteUses()
  }

  #pollLater(): void {
    this.#cancelPoll = this.#options.timer(async () => {
      await this.refresh()
      if (!this.#isClosed) this.#pollLater()
    }, this.#options.pollMs ?? POLL_MS)
  }

  async #readSafely(): Promise<void> {
    try {
      await this.#read()
      this.#isAway = false
    } catch (error) {
      if (!this.#isAway) this.#options.onFailure?.(error)
      this.#isAway = true
      return
    }
    await this.#noteUses()
  }

  async #read(): Promise<void> {
    const { revision, keys } = await this.#options.store.changesSince(this.#revision)
    for (const key of keys) this.#take(key)
    this.#revision = revision
  }

  #take(key: StoredApiKey): void {
    if (key.revokedAt !== null) {
      this.#entries.delete(key.hash)
    } else if (!this.#entries.has(key.hash)) {
      // What a key may do never changes, and its identity is what limits are counted by.
      this.#entries.set(key.hash, {
        identity: identityOf(key),
        expiresAt: key.expiresAt ?? Number.POSITIVE_INFINITY,
        usedAt: key.lastUsedAt ?? 0,
      })
    }
  }

  async #noteUses(): Promise<void> {
    if (this.#used.size === 0) return
    const used = new Map(this.#used)
    this.#used.clear()
    try {
      await this.#options.store.touch(used)
      this.#isUseLost = false
    } catch (error) {
      if (!this.#isUseLost) this.#options.onFailure?.(error)
      this.#isUseLost = true
    }
  }

  #withoutKey(): StrataError {
    return new StrataError(
      'invalid_api_key',
      this.#revision === 0
        ? 'A key is needed and none has been made yet; stratarouter keys create makes one.'
        : 'A key is needed: send it as "Authorization: Bearer KEY" or "x-api-key: KEY".',
    )
  }

  #unknownKey(): StrataError {
    if (this.#isAway) {
      return new StrataError(
        'storage_failed',
        'The key is not known here, and whether it is a new one cannot be told as the keys cannot be read; try again.',
      )
    }
    return new StrataError(
      'invalid_api_key',
      'The key is not known: it was revoked, or is not of this installation; stratarouter keys list shows those there are.',
    )
  }
}
