import type { RouteSet } from '../contracts/index.ts'
import type { Router } from '../core/index.ts'
import { StrataError } from '../errors/index.ts'
import type { Logger } from '../observability/index.ts'
import { nearestName } from '../util/nearest-name.ts'
import { FitCancelled, type FitQueue } from './fit-queue.ts'
import { isInShare } from './message-share.ts'
import type { FitContent, RouterFactory } from './router-factory.ts'
import type { SnapshotCache } from './snapshot-cache.ts'

/** A version that is tried out beside the one that decides. */
export interface Trial {
  readonly version: number
  /** Share of the messages that it takes part in, above 0 and up to 1. */
  readonly share: number
  readonly content: FitContent
  readonly router: Router
}

interface Trials {
  readonly shadow: Trial | undefined
  readonly canary: Trial | undefined
}

/** A set as it decides now. */
export interface LiveRouteSet extends Trials {
  readonly name: string
  readonly version: number
  readonly content: FitContent
  readonly router: Router
  /** True from an edit until the full fit, on whatever the version is fitted with, is there. */
  readonly provisional: boolean
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

export interface LiveRouteSetsOptions {
  readonly factory: RouterFactory
  readonly queue: FitQueue
  readonly cache: SnapshotCache
  readonly logger: Logger
}

const NO_TRIALS: Trials = { shadow: undefined, canary: undefined }

/** The sets that decide, each with its router. An edited set is refitted in the background. */
export class LiveRouteSets {
  readonly #options: LiveRouteSetsOptions
  readonly #sets = new Map<string, Writable<LiveRouteSet>>()
  readonly #refits = new Set<Promise<void>>()
  readonly #onRefit: (live: LiveRouteSet) => void
  /** Keys of the snapshots in use, by set; a key costs a hash of the whole set. */
  readonly #keys = new WeakMap<FitContent, string>()
  /** Sets that have a shadow; most often none, so that a decision asks one thing only. */
  #shadows = 0

  /** @param onRefit told when a set that was edited decides by a full fit again */
  constructor(options: LiveRouteSetsOptions, onRefit: (live: LiveRouteSet) => void) {
    this.#options = options
    this.#onRefit = onRefit
  }

  get size(): number {
    return this.#sets.size
  }

  get hasShadows(): boolean {
    return this.#shadows > 0
  }

  /** By name. */
  all(): LiveRouteSet[] {
    return [...this.#sets.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  find(name: string): LiveRouteSet | undefined {
    return this.#sets.get(name)
  }

  /** The set of that name; `route_set_not_found` with the nearest name when there is none. */
  get(name: string): LiveRouteSet {
    const live = this.#sets.get(name)
    if (live) return live
    const nearest = nearestName(name, this.#sets.keys())
    throw new StrataError(
      'route_set_not_found',
      `There is no route set ${name}${nearest ? `; did you mean ${nearest}?` : '; PUT /v1/route-sets/NAME makes one.'}`,
      { details: [{ path: 'routeSet', message: 'unknown', got: name, ...(nearest ? { nearest } : {}) }] },
    )
  }

  /** The router that decides for one message: that of the canary for its share of them. */
  routerFor(name: string, message: string): Router {
    const live = this.#sets.get(name) ?? this.get(name)
    const { canary } = live
    return canary !== undefined && isInShare(message, canary.share, canary.version)
      ? canary.router
      : live.router
  }

  /**
   * A fully fitted router for a set, which is not served yet.
   * @param job the set's name for what is to decide, which takes the place of a refit; otherwise a name of its own
   * @param before a router for a similar set; if not given, that of the set named by `job`
   */
  fit(job: string, content: FitContent, before = this.#sets.get(job)?.router): Promise<Router> {
    return this.#options.factory.make(job, content, this.keysInUse, before)
  }

  /** The same when it is at hand, otherwise undefined. */
  ready(content: FitContent, before?: Router): Promise<Router | undefined> {
    return this.#options.factory.ready(content, this.keysInUse, before)
  }

  /** Serves a set with a router that was fitted for it. What is tried out goes on, unless that is what serves now. */
  serve(name: string, version: number, content: FitContent, router: Router): void {
    this.#options.queue.cancel(name)
    const { shadow, canary } = this.#sets.get(name) ?? NO_TRIALS
    this.#sets.set(name, {
      name,
      version,
      // The set that the router holds, so that it is not kept twice.
      content: { ...content, routeSet: router.routeSet },
      router,
      provisional: false,
      shadow,
      canary,
    })
    this.setTrials(name, {
      shadow: shadow?.version === version ? undefined : shadow,
      canary: canary?.version === version ? undefined : canary,
    })
  }

  /** Serves an edited set at once, provisionally where a fit takes long; `refitIfProvisional` makes up for that. */
  edit(name: string, version: number, routeSet: RouteSet): void {
    const live = this.#sets.get(name)
    if (live === undefined) return
    live.router.replace(routeSet)
    live.version = version
    live.content = { ...live.content, routeSet }
    // What was fitted with data is calibrated on it again.
    live.provisional = live.router.provisional || live.content.fitInputsKey !== undefined
    this.#options.queue.cancel(name)
  }

  /** Fits a provisional set in full, in the background; that serves unless the set has been edited again. */
  refitIfProvisional(name: string): void {
    const live = this.#sets.get(name)
    if (!live?.provisional) return
    const { content } = live
    const refit = this.fit(name, content)
      .then(
        (router) => {
          if (this.#sets.get(name) !== live || live.content !== content) return
          live.router = router
          live.content = { ...content, routeSet: router.routeSet }
          live.provisional = false
          this.#onRefit(live)
        },
        (error: unknown) => {
          if (error instanceof FitCancelled) return
          const { logger } = this.#options
          logger.error({ routeSet: name, err: error }, 'the refit failed; the next edit tries again')
        },
      )
      .finally(() => this.#refits.delete(refit))
    this.#refits.add(refit)
  }

  setTrials(name: string, { shadow, canary }: Trials): void {
    const live = this.#sets.get(name)
    if (live === undefined) return
    live.shadow = shadow
    live.canary = canary
    this.#countShadows()
  }

  delete(name: string): void {
    this.#options.queue.cancel(name)
    this.#sets.delete(name)
    this.#countShadows()
  }

  /** Resolves when no refit is under way. */
  async idle(): Promise<void> {
    while (this.#refits.size > 0) await Promise.all(this.#refits)
    await this.#options.factory.idle()
  }

  /** Keys of the snapshots that decide or are tried out. */
  readonly keysInUse = (): Set<string> => {
    const keys = new Set<string>()
    for (const live of this.#sets.values()) {
      for (const version of [live, live.shadow, live.canary]) {
        if (version) keys.add(this.#keyOf(version.content))
      }
    }
    return keys
  }

  #keyOf(content: FitContent): string {
    let key = this.#keys.get(content)
    if (key === undefined) {
      key = this.#options.cache.keyOf(content)
      this.#keys.set(content, key)
    }
    return key
  }

  #countShadows(): void {
    this.#shadows = [...this.#sets.values()].filter(({ shadow }) => shadow !== undefined).length
  }
}
