import type { RouteDefinition, RouteSet, RouteStore, WriteCondition } from '../contracts/index.ts'
import type { Router } from '../core/index.ts'
import { isStrataError, StrataError } from '../errors/index.ts'
import type { Logger } from '../observability/index.ts'
import { nearestName } from '../util/nearest-name.ts'
import { FitCancelled, type FitQueue } from './fit-queue.ts'
import { isSmallChange, type RouterFactory } from './router-factory.ts'
import type { SnapshotCache } from './snapshot-cache.ts'

export const DEFAULT_SET = 'default'

export interface RouteSetSummary {
  readonly name: string
  /** 0 while nothing has been stored under that name. */
  readonly version: number
  /** Number of routes. */
  readonly routes: number
  /** True when a file is the source of the set. */
  readonly readOnly: boolean
  /** True from an edit until the background refit has replaced the provisional fit. */
  readonly provisional: boolean
}

export interface RouteSetView extends Omit<RouteSetSummary, 'routes'> {
  readonly routeSet: RouteSet
}

export interface WriteResult {
  readonly version: number
  /** True when the route or set did not exist before. */
  readonly created: boolean
}

export interface RouteSetsOptions {
  readonly store: RouteStore
  readonly factory: RouterFactory
  readonly queue: FitQueue
  readonly cache: SnapshotCache
  readonly logger: Logger
  readonly limits: { readonly routeSets: number; readonly routesPerSet: number }
  /** What `default` holds while nothing is stored under that name. */
  readonly initial: RouteSet
  /** The file that is the source of `default`, which is then read-only; `initial` is what it holds. */
  readonly file?: string
}

interface LiveSet {
  readonly name: string
  version: number
  routeSet: RouteSet
  router: Router
}

/** The route sets that serve: each with its router, stored in versions, edited one write at a time. */
export class RouteSets {
  readonly #options: RouteSetsOptions
  readonly #sets = new Map<string, LiveSet>()
  /** The last write of each set that is being written. */
  readonly #writes = new Map<string, Promise<void>>()
  readonly #refits = new Set<Promise<void>>()

  private constructor(options: RouteSetsOptions) {
    this.#options = options
  }

  static async open(options: RouteSetsOptions): Promise<RouteSets> {
    const sets = new RouteSets(options)
    for (const { name } of await options.store.list()) {
      if (name === DEFAULT_SET && options.file !== undefined) continue
      const stored = await options.store.get(name)
      if (stored) sets.#adopt(name, stored.version, stored.routeSet, await sets.#make(name, stored.routeSet))
    }
    if (!sets.#sets.has(DEFAULT_SET)) {
      const version = options.file === undefined ? 0 : 1
      sets.#adopt(DEFAULT_SET, version, options.initial, await sets.#make(DEFAULT_SET, options.initial))
    }
    return sets
  }

  /** The router that decides for a set now; `route_set_not_found` when there is no such set. */
  router(name: string = DEFAULT_SET): Router {
    return this.#live(name).router
  }

  list(): RouteSetSummary[] {
    return [...this.#sets.values()]
      .map((live) => ({ ...this.#describe(live), routes: live.routeSet.routes.length }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  get(name: string): RouteSetView {
    const live = this.#live(name)
    return { ...this.#describe(live), routeSet: live.routeSet }
  }

  /** One route of a set; `route_not_found` with the nearest name when there is none. */
  getRoute(set: string, name: string): { readonly version: number; readonly route: RouteDefinition } {
    const { version, routeSet } = this.#live(set)
    return { version, route: findRoute(routeSet, set, name) }
  }

  /** Replaces a whole set, or makes it. */
  replace(name: string, routeSet: RouteSet, condition: WriteCondition = {}): Promise<WriteResult> {
    return this.#write(name, condition, () => ({
      next: routeSet,
      created: (this.#sets.get(name)?.version ?? 0) === 0,
    }))
  }

  /** Adds a route; `route_exists` when the name is taken. */
  addRoute(set: string, route: RouteDefinition, condition: WriteCondition = {}): Promise<WriteResult> {
    return this.#write(set, condition, () => {
      const { routeSet } = this.#live(set)
      if (routeSet.routes.some((existing) => existing.name === route.name)) {
        throw new StrataError(
          'route_exists',
          `The route ${route.name} exists already in the set ${set}; PUT replaces it.`,
        )
      }
      return { next: { ...routeSet, routes: [...routeSet.routes, route] }, created: true }
    })
  }

  /** Replaces the route of that name, or adds it. */
  putRoute(set: string, route: RouteDefinition, condition: WriteCondition = {}): Promise<WriteResult> {
    return this.#write(set, condition, () => {
      const { routeSet } = this.#live(set)
      const index = routeSet.routes.findIndex((existing) => existing.name === route.name)
      const routes = index < 0 ? [...routeSet.routes, route] : routeSet.routes.with(index, route)
      return { next: { ...routeSet, routes }, created: index < 0 }
    })
  }

  removeRoute(set: string, name: string, condition: WriteCondition = {}): Promise<WriteResult> {
    return this.#write(set, condition, () => {
      const { routeSet } = this.#live(set)
      const removed = findRoute(routeSet, set, name)
      return {
        next: { ...routeSet, routes: routeSet.routes.filter((route) => route !== removed) },
        created: false,
      }
    })
  }

  /** Deletes a stored set with all its versions; `default` is then as it is before anything is stored. */
  delete(name: string, condition: WriteCondition = {}): Promise<void> {
    return this.#inOrder(name, async () => {
      const { version } = this.#live(name)
      this.#assertWritable(name)
      assertVersion(name, version, condition)
      if (!(await this.#options.store.delete(name, { expectedVersion: version }))) {
        throw new StrataError(
          'route_set_not_found',
          `Nothing is stored under ${name}, so there is nothing to delete.`,
        )
      }
      await this.#forget(name)
    })
  }

  /** Takes a new content of the file that is the source of `default`. */
  replaceFromFile(routeSet: RouteSet): Promise<void> {
    return this.#inOrder(DEFAULT_SET, async () => {
      const live = this.#live(DEFAULT_SET)
      this.#assertRoom(DEFAULT_SET, routeSet)
      const fitted = isSmallChange(live.routeSet, routeSet)
        ? undefined
        : await this.#make(DEFAULT_SET, routeSet)
      this.#adopt(DEFAULT_SET, live.version + 1, routeSet, fitted)
    })
  }

  /** Resolves when no write is under way. */
  async settle(): Promise<void> {
    await Promise.all(this.#writes.values())
  }

  /** Resolves when no write and no refit is under way. */
  async idle(): Promise<void> {
    while (this.#writes.size + this.#refits.size > 0) {
      await Promise.all([...this.#writes.values(), ...this.#refits])
    }
  }

  #write(
    name: string,
    condition: WriteCondition,
    change: () => { next: RouteSet; created: boolean },
  ): Promise<WriteResult> {
    return this.#inOrder(name, async () => {
      this.#assertWritable(name)
      try {
        return await this.#writeOrRetry(name, condition, change)
      } catch (error) {
        // A write that failed after its fit began has taken the place of the refit that was due.
        const live = this.#sets.get(name)
        if (live?.router.provisional) this.#refit(live)
        throw error
      }
    })
  }

  async #writeOrRetry(
    name: string,
    condition: WriteCondition,
    change: () => { next: RouteSet; created: boolean },
  ): Promise<WriteResult> {
    try {
      return await this.#writeOnce(name, condition, change)
    } catch (error) {
      // Another process has written to the same database: take what it wrote, then judge the change anew.
      if (!isStrataError(error) || error.code !== 'version_conflict' || !(await this.#reload(name)))
        throw error
      return this.#writeOnce(name, condition, change)
    }
  }

  async #writeOnce(
    name: string,
    condition: WriteCondition,
    change: () => { next: RouteSet; created: boolean },
  ): Promise<WriteResult> {
    const live = this.#sets.get(name)
    const { version, routeSet } = live ?? { version: 0, routeSet: { routes: [] } }
    assertVersion(name, version, condition)
    const { next, created } = change()
    this.#assertRoom(name, next)
    // What is mostly new is fitted before it is stored, so that a set that cannot be fitted is never stored.
    const fitted = live && isSmallChange(routeSet, next) ? undefined : await this.#make(name, next)
    const stored = await this.#options.store.put(name, next, { expectedVersion: version })
    this.#adopt(name, stored.version, next, fitted)
    return { version: stored.version, created }
  }

  /** Takes over what is stored when it is not what is served; true when something changed. */
  async #reload(name: string): Promise<boolean> {
    const stored = await this.#options.store.get(name)
    if ((stored?.version ?? 0) === (this.#sets.get(name)?.version ?? 0)) return false
    if (stored) this.#adopt(name, stored.version, stored.routeSet, await this.#make(name, stored.routeSet))
    else await this.#forget(name)
    return true
  }

  async #forget(name: string): Promise<void> {
    this.#options.queue.cancel(name)
    if (name !== DEFAULT_SET) this.#sets.delete(name)
    else this.#adopt(name, 0, this.#options.initial, await this.#make(name, this.#options.initial))
  }

  #make(name: string, routeSet: RouteSet): Promise<Router> {
    return this.#options.factory.make(name, routeSet, () => this.#keysInUse())
  }

  /**
   * Serves a version of a set from now on.
   * @param fitted its router; without one the present router is edited in place, provisionally where a fit takes long
   */
  #adopt(name: string, version: number, routeSet: RouteSet, fitted: Router | undefined): void {
    const live = this.#sets.get(name)
    if (fitted) this.#sets.set(name, { name, version, routeSet: fitted.routeSet, router: fitted })
    else if (live) {
      live.router.replace(routeSet)
      live.version = version
      live.routeSet = routeSet
      if (live.router.provisional) this.#refit(live)
      else this.#options.queue.cancel(name)
    }
  }

  /** Fits an edited set in full, in the background, and serves that unless it has been edited again. */
  #refit(live: LiveSet): void {
    const { name, routeSet } = live
    const refit = this.#make(name, routeSet)
      .then(
        (router) => {
          if (live.routeSet !== routeSet) return
          live.router = router
          live.routeSet = router.routeSet
        },
        (error: unknown) => {
          if (error instanceof FitCancelled) return
          this.#options.logger.error(
            { routeSet: name, err: error },
            'the refit failed; the next edit tries again',
          )
        },
      )
      .finally(() => this.#refits.delete(refit))
    this.#refits.add(refit)
  }

  #keysInUse(): Set<string> {
    const { cache } = this.#options
    return new Set([...this.#sets.values()].map((live) => cache.keyOf(live.routeSet)))
  }

  #live(name: string): LiveSet {
    const live = this.#sets.get(name)
    if (live) return live
    const nearest = nearestName(name, this.#sets.keys())
    throw new StrataError(
      'route_set_not_found',
      `There is no route set ${name}${nearest ? `; did you mean ${nearest}?` : '; PUT /v1/route-sets/NAME makes one.'}`,
      { details: [{ path: 'routeSet', message: 'unknown', got: name, ...(nearest ? { nearest } : {}) }] },
    )
  }

  #describe({ name, version, router }: LiveSet): Omit<RouteSetSummary, 'routes'> {
    return { name, version, readOnly: this.#isReadOnly(name), provisional: router.provisional }
  }

  #isReadOnly(name: string): boolean {
    return name === DEFAULT_SET && this.#options.file !== undefined
  }

  #assertWritable(name: string): void {
    if (!this.#isReadOnly(name)) return
    throw new StrataError(
      'route_set_read_only',
      `The set ${name} comes from the file ${this.#options.file}; edit that file, and the change is live at once.`,
    )
  }

  #assertRoom(name: string, next: RouteSet): void {
    const { routeSets, routesPerSet } = this.#options.limits
    if (next.routes.length > routesPerSet) {
      throw new StrataError(
        'invalid_route_set',
        `The set ${name} would have ${next.routes.length} routes; at most ${routesPerSet} are allowed (limits.routesPerSet).`,
      )
    }
    if (!this.#sets.has(name) && this.#sets.size >= routeSets) {
      throw new StrataError(
        'invalid_request',
        `There are ${this.#sets.size} route sets, as many as allowed (limits.routeSets); delete one first.`,
      )
    }
  }

  /** Runs the writes of a set one after the other; a failed one does not stop the next. */
  #inOrder<T>(name: string, action: () => Promise<T>): Promise<T> {
    const result = (this.#writes.get(name) ?? Promise.resolve()).then(action)
    const settled = result.then(
      () => undefined,
      () => undefined,
    )
    this.#writes.set(name, settled)
    void settled.then(() => {
      if (this.#writes.get(name) === settled) this.#writes.delete(name)
    })
    return result
  }
}

function findRoute(routeSet: RouteSet, set: string, name: string): RouteDefinition {
  const route = routeSet.routes.find((candidate) => candidate.name === name)
  if (route) return route
  const nearest = nearestName(
    name,
    routeSet.routes.map((candidate) => candidate.name),
  )
  throw new StrataError(
    'route_not_found',
    `There is no route ${name} in the set ${set}${nearest ? `; did you mean ${nearest}?` : '.'}`,
    { details: [{ path: 'name', message: 'unknown', got: name, ...(nearest ? { nearest } : {}) }] },
  )
}

function assertVersion(name: string, version: number, { expectedVersion }: WriteCondition): void {
  if (expectedVersion === undefined || expectedVersion === version) return
  throw new StrataError(
    'version_conflict',
    `The route set ${name} is at version ${version}, not ${expectedVersion}; read it again, redo the change, and send the new version.`,
  )
}
