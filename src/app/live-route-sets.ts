import type { RouteSet } from '../contracts/index.ts'
import type { Router } from '../core/index.ts'
import { StrataError } from '../errors/index.ts'
import type { Logger } from '../observability/index.ts'
import { nearestName } from '../util/nearest-name.ts'
import { FitCancelled, type FitQueue } from './fit-queue.ts'
import type { RouterFactory } from './router-factory.ts'
import type { SnapshotCache } from './snapshot-cache.ts'

/** A set as it decides now. */
export interface LiveRouteSet {
  readonly name: string
  readonly version: number
  readonly routeSet: RouteSet
  readonly router: Router
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

export interface LiveRouteSetsOptions {
  readonly factory: RouterFactory
  readonly queue: FitQueue
  readonly cache: SnapshotCache
  readonly logger: Logger
}

/** The sets that decide, each with its router. An edited set is refitted in the background. */
export class LiveRouteSets {
  readonly #options: LiveRouteSetsOptions
  readonly #sets = new Map<string, Writable<LiveRouteSet>>()
  readonly #refits = new Set<Promise<void>>()
  readonly #onRefit: (live: LiveRouteSet) => void

  /** @param onRefit told when a set that was edited decides by a full fit again */
  constructor(options: LiveRouteSetsOptions, onRefit: (live: LiveRouteSet) => void) {
    this.#options = options
    this.#onRefit = onRefit
  }

  get size(): number {
    return this.#sets.size
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

  /** A fully fitted router for a set, which is not served yet. */
  fit(name: string, routeSet: RouteSet): Promise<Router> {
    return this.#options.factory.make(name, routeSet, () => this.#keysInUse())
  }

  /** The same when it is at hand, otherwise undefined. */
  ready(routeSet: RouteSet): Promise<Router | undefined> {
    return this.#options.factory.ready(routeSet)
  }

  /** Serves a set with a router that was fitted for it. */
  serve(name: string, version: number, router: Router): void {
    this.#options.queue.cancel(name)
    this.#sets.set(name, { name, version, routeSet: router.routeSet, router })
  }

  /** Serves an edited set at once, provisionally where a fit takes long; `refitIfProvisional` makes up for that. */
  edit(name: string, version: number, routeSet: RouteSet): void {
    const live = this.#sets.get(name)
    if (live === undefined) return
    live.router.replace(routeSet)
    live.version = version
    live.routeSet = routeSet
    this.#options.queue.cancel(name)
  }

  /** Fits a provisional set in full, in the background; that serves unless the set has been edited again. */
  refitIfProvisional(name: string): void {
    const live = this.#sets.get(name)
    if (!live?.router.provisional) return
    const { routeSet } = live
    const refit = this.fit(name, routeSet)
      .then(
        (router) => {
          if (this.#sets.get(name) !== live || live.routeSet !== routeSet) return
          live.router = router
          live.routeSet = router.routeSet
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

  delete(name: string): void {
    this.#options.queue.cancel(name)
    this.#sets.delete(name)
  }

  /** Resolves when no refit is under way. */
  async idle(): Promise<void> {
    while (this.#refits.size > 0) await Promise.all(this.#refits)
  }

  #keysInUse(): Set<string> {
    const { cache } = this.#options
    return new Set([...this.#sets.values()].map((live) => cache.keyOf(live.routeSet)))
  }
}
