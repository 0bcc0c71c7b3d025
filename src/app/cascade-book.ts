import { join } from 'node:path'
import type { AsyncEncoder, Clock, Decision, Encoder, RouteOptions } from '../contracts/index.ts'
import { type Asking, Cascade, type CascadeParts, type Router } from '../core/index.ts'
import { StrataError } from '../errors/index.ts'
import { Counter, Histogram, type Logger, type MetricFamily } from '../observability/index.ts'
import type { FitCascade } from './fit-cascade.ts'
import { oneAtATime } from './one-at-a-time.ts'
import type { EncoderSettings } from './slower-encoder.ts'
import { DRAFT_ENDING, type SnapshotCache } from './snapshot-cache.ts'

interface CascadeBookOptions {
  readonly fast: Encoder
  readonly slow: AsyncEncoder
  readonly settings: EncoderSettings
  readonly share: number
  readonly timeoutMs: number
  readonly cache: SnapshotCache
  /** Where processes that share the cache say what they are fitting, so that the others wait and load that. */
  readonly folder: string
  readonly fit: FitCascade
  readonly clock: Clock
  readonly logger: Logger
}

/** What a router has beside it: the snapshot that it was begun for, and the cascade once it is there. */
interface Entry {
  readonly snapshot: string
  /** Fits of it that have failed, one after the other. */
  readonly failures: number
  cascade?: Cascade
  /** When a message may have it tried again; set when it has failed. */
  retryAtMs?: number
}

const MOST_KEYS = 1000
const LOG_INTERVAL_MS = 10_000
// A service that is away for a moment is back soon; one that refuses the key will for long, and each try may cost money.
const FIRST_RETRY_MS = 10_000
const LONGEST_RETRY_MS = 10 * 60_000
const ASK_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * The cascades of the routers that decide. Each router answers alone until the cascade around it has been fitted, in
 * another process; an edited set again until it has been refitted and its new cascade is there. A fit that failed is
 * tried again by the first message after a wait, which grows from ten seconds to ten minutes. A router that promises an
 * error rate answers alone always: the promise is about what it alone decides.
 */
export class CascadeBook {
  readonly #options: CascadeBookOptions
  readonly #parts: CascadeParts
  /** By router, so that what no longer decides takes its cascade with it. */
  readonly #entries = new WeakMap<Router, Entry>()
  /** Of the cascades in use, which must stay cached; the latest of them. */
  readonly #keys = new Set<string>()
  readonly #closing = new AbortController()
  /** One fit at a time. */
  #fits: Promise<void> = Promise.resolve()
  readonly #asked = new Counter({
    name: 'stratarouter_cascade_asked_total',
    help: 'Messages that the built-in encoder was unsure of, by what came of asking the slower one.',
    labels: ['outcome'],
  })
  readonly #fitted = new Counter({
    name: 'stratarouter_cascade_fits_total',
    help: 'Cascades that were made: fitted, loaded from what was fitted before, or failed, to be tried again.',
    labels: ['outcome'],
  })
  readonly #seconds = new Histogram(ASK_SECONDS)
  /** Askings without an answer since the last line about them. */
  #unanswered = 0
  #quietUntilMs = Number.NEGATIVE_INFINITY

  constructor(options: CascadeBookOptions) {
    this.#options = options
    this.#parts = {
      fast: options.fast,
      slow: options.slow,
      limit: () => AbortSignal.timeout(options.timeoutMs),
      onAsk: (asking) => this.#note(asking),
    }
  }

  /** Numbers in a vector of the slower encoder. */
  get dimensions(): number {
    return this.#options.slow.dimensions
  }

  /**
   * Decides one message: at once where the router is sure, has a promise to keep, or its cascade is not there yet. The snapshot that a decision
   * names is that of the router.
   */
  decide(router: Router, text: string, options: RouteOptions): Decision | Promise<Decision> {
    if (promises(router)) return router.route(text, options)
    const cascade = this.#cascadeOf(router)
    if (cascade === undefined) {
      this.#asked.series('not-ready').count++
      return router.route(text, options)
    }
    return cascade.route(text, options)
  }

  /**
   * Decides by a vector of the slower encoder; undefined while there is no cascade.
   * @throws StrataError `dimension_mismatch` where the router promises an error rate, as well as what `routeVector` does
   */
  decideVector(router: Router, vector: Float32Array, options: RouteOptions): Decision | undefined {
    if (promises(router)) {
      throw new StrataError(
        'dimension_mismatch',
        `Expected ${this.#options.fast.dimensions} numbers, got ${vector.length}: the route set promises an error rate (maxErrorRate), which the built-in encoder keeps alone. Send its vector, or the text.`,
      )
    }
    const cascade = this.#cascadeOf(router)
    return cascade && { ...cascade.slow.routeVector(vector, options), snapshot: router.snapshot }
  }

  /** The cascade of a router where it decides already; begins none, as for a version that is only looked at. */
  deciding(router: Router): Cascade | undefined {
    const entry = this.#entries.get(router)
    return entry?.snapshot === router.snapshot ? entry.cascade : undefined
  }

  /** Begins the cascade of a router, if it has none. */
  prepare(router: Router): void {
    this.#cascadeOf(router)
  }

  /** Resolves when no cascade is being fitted. */
  async idle(): Promise<void> {
    let seen: Promise<void> | undefined
    while (seen !== this.#fits) {
      seen = this.#fits
      await seen
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.idle()
  }

  families(): readonly MetricFamily[] {
    return [
      ...this.#asked.families(),
      ...this.#fitted.families(),
      {
        name: 'stratarouter_cascade_ask_duration_seconds',
        type: 'histogram',
        help: 'How long asking the slower encoder took.',
        merge: 'sum',
        bounds: this.#seconds.bounds,
        series: new Map([['', this.#seconds.value()]]),
      },
    ]
  }

  #note({ outcome, milliseconds, error }: Asking): void {
    this.#asked.series(outcome).count++
    this.#seconds.observe(milliseconds / 1000)
    if (error === undefined) return
    this.#unanswered++
    const { clock, logger } = this.#options
    const nowMs = clock.monotonicMs()
    if (nowMs < this.#quietUntilMs) return
    this.#quietUntilMs = nowMs + LOG_INTERVAL_MS
    logger.warn({ outcome, times: this.#unanswered, err: error }, 'the slower encoder gave no answer')
    this.#unanswered = 0
  }

  #cascadeOf(router: Router): Cascade | undefined {
    const entry = this.#entries.get(router)
    const isSame = entry?.snapshot === router.snapshot
    if (isSame && !this.#isDue(entry)) return entry.cascade
    // What is provisional is replaced in a moment, by another router.
    if (promises(router) || router.provisional || router.routeSet.routes.length === 0) return undefined
    const begun: Entry = { snapshot: router.snapshot, failures: isSame ? entry.failures + 1 : 0 }
    this.#entries.set(router, begun)
    this.#fits = this.#fits.then(() => this.#make(router, begun))
    return undefined
  }

  #isDue({ retryAtMs }: Entry): boolean {
    return retryAtMs !== undefined && this.#options.clock.monotonicMs() >= retryAtMs
  }

  #use(key: string): void {
    this.#keys.delete(key)
    this.#keys.add(key)
    for (const oldest of this.#keys) {
      if (this.#keys.size <= MOST_KEYS) return
      this.#keys.delete(oldest)
    }
  }

  async #make(router: Router, entry: Entry): Promise<void> {
    const { clock, logger } = this.#options
    const { signal } = this.#closing
    // Edited while it waited: begun anew by the next message after the refit.
    if (signal.aborted || router.snapshot !== entry.snapshot) return
    const { snapshot, failures } = entry
    try {
      entry.cascade = (await this.#load(router)) ?? (await this.#fitOrLoad(router))
      logger.info({ snapshot, routes: router.routeSet.routes.length }, 'the cascade is ready')
    } catch (error) {
      if (signal.aborted) return
      this.#fitted.series('failed').count++
      const waitMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures)
      entry.retryAtMs = clock.monotonicMs() + waitMs
      logger.error(
        { snapshot, failures: failures + 1, retryInSeconds: waitMs / 1000, err: error },
        'the cascade could not be fitted; the built-in encoder decides alone until it is tried again',
      )
    }
  }

  /** The cascade from what was fitted before, here or in another process that shares the directory. */
  async #load(router: Router): Promise<Cascade | undefined> {
    const { cache, logger } = this.#options
    const key = cache.keyOf({ routeSet: router.routeSet })
    try {
      const bytes = await cache.read(key)
      if (bytes === null) return undefined
      const cascade = Cascade.around(router, bytes, this.#parts)
      this.#use(key)
      this.#fitted.series('loaded').count++
      return cascade
    } catch (error) {
      logger.warn({ key, err: error }, 'a cached cascade could not be used; it is fitted again')
      return undefined
    }
  }

  #fitOrLoad(router: Router): Promise<Cascade> {
    const { cache, folder } = this.#options
    const file = join(folder, `${cache.keyOf({ routeSet: router.routeSet })}.fitting${DRAFT_ENDING}`)
    return oneAtATime(
      file,
      this.#closing.signal,
      async () => (await this.#load(router)) ?? (await this.#fit(router)),
    )
  }

  async #fit(router: Router): Promise<Cascade> {
    const { cache, fit, settings, share, logger } = this.#options
    const { routeSet } = router
    const key = cache.keyOf({ routeSet })
    const bytes = await fit({ routeSet, encoder: settings, share }, this.#closing.signal)
    const cascade = Cascade.around(router, bytes, this.#parts)
    this.#use(key)
    // It may have cost minutes, or money: a full disk is no reason to throw it away.
    await cache.write(key, bytes, this.#keys).catch((error: unknown) => {
      logger.warn({ key, err: error }, 'a cascade could not be cached; the next start fits it again')
    })
    this.#fitted.series('fitted').count++
    return cascade
  }
}

const promises = (router: Router): boolean => router.report.thresholds.guarantee !== undefined
