import type { Encoder, RouteDefinition, RouteSet, RouteStore, WriteCondition } from '../contracts/index.ts'
import { Router } from '../core/index.ts'
import { isStrataError, StrataError } from '../errors/index.ts'
import type { Logger } from '../observability/index.ts'
import { nearestName } from '../util/nearest-name.ts'
import { applyEdits, buildProvisional, buildRouter } from './build-router.ts'
import type { Refitter } from './refitter.ts'
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
  readonly encoder: Encoder
  readonly cache: SnapshotCache
  readonly refitter: Refitter
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
  /** Counts edits, so that a refit knows whether it still fits. */
  edits: number
  /** Key of the cached snapshot of the last full fit. */
  snapshotKey: string
}

/** The route sets that serve: each with its router, stored in versions, edited one write at a time. */
export class RouteSets {
  readonly #options: RouteSetsOptions
  readonly #sets = new Map<string, LiveSet>()
  #writes: Promise<unknown> = Promise.resolve()

  private constructor(options: RouteSetsOptions) {
    this.#options = options
  }

  static async open(options: RouteSetsOptions): Promise<RouteSets> {
    const sets = new RouteSets(options)
    for (const { name } of await options.store.list()) {
      if (name === DEFAULT_SET && options.file !== undefined) continue
      const stored = await options.store.get(name)
      if (stored) await sets.#serve(name, stored.version, stored.routeSet)
    }
    if (!sets.#sets.has(DEFAULT_SET)) {
      await sets.#serve(DEFAULT_SET, options.file === undefined ? 0 : 1, options.initial)
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
    return this.#inOrder(async () => {
      const live = this.#live(name)
      this.#assertWritable(name)
      assertVersion(live, condition)
      if (!(await this.#options.store.delete(name, { expectedVersion: live.version }))) {
        throw new StrataError(
          'route_set_not_found',
          `Nothing is stored under ${name}, so there is nothing to delete.`,
        )
      }
      this.#options.refitter.cancel(name)
      this.#sets.delete(name)
      if (name === DEFAULT_SET) await this.#serve(name, 0, this.#options.initial)
    })
  }

  /** Takes a new content of the file that is the source of `default`. */
  replaceFromFile(routeSet: RouteSet): Promise<void> {
    return this.#inOrder(async () => {
      const live = this.#live(DEFAULT_SET)
      this.#assertRoom(DEFAULT_SET, routeSet)
      await this.#edit(live, live.version + 1, routeSet)
    })
  }

  /** Resolves when the writes under way are done. */
  async settle(): Promise<void> {
    await this.#writes
  }

  #write(
    name: string,
    condition: WriteCondition,
    change: () => { next: RouteSet; created: boolean },
  ): Promise<WriteResult> {
    return this.#inOrder(async () => {
      this.#assertWritable(name)
      try {
        return await this.#writeOnce(name, condition, change)
      } catch (error) {
        // Another process has written to the same database: take what it wrote, then judge the change anew.
        if (!isStrataError(error) || error.code !== 'version_conflict' || !(await this.#reload(name)))
          throw error
        return this.#writeOnce(name, condition, change)
      }
    })
  }

  async #writeOnce(
    name: string,
    condition: WriteCondition,
    change: () => { next: RouteSet; created: boolean },
  ): Promise<WriteResult> {
    const live = this.#sets.get(name)
    assertVersion(live ?? { name, version: 0 }, condition)
    const { next, created } = change()
    this.#assertRoom(name, next)
    const stored = await this.#options.store.put(name, next, { expectedVersion: live?.version ?? 0 })
    if (live) await this.#edit(live, stored.version, next)
    else await this.#serve(name, stored.version, next)
    return { version: stored.version, created }
  }

  /** Takes over what is stored when it is not what is served; true when something changed. */
  async #reload(name: string): Promise<boolean> {
    const stored = await this.#options.store.get(name)
    const live = this.#sets.get(name)
    if ((stored?.version ?? 0) === (live?.version ?? 0)) return false
    if (stored === null) {
      this.#sets.delete(name)
      if (name === DEFAULT_SET) await this.#serve(name, 0, this.#options.initial)
    } else if (live) await this.#edit(live, stored.version, stored.routeSet)
    else await this.#serve(name, stored.version, stored.routeSet)
    return true
  }

  async #serve(name: string, version: number, routeSet: RouteSet): Promise<void> {
    const { encoder, cache, logger } = this.#options
    const router = await buildRouter(routeSet, encoder, cache, logger)
    const live: LiveSet = { name, version, routeSet, router, edits: 0, snapshotKey: cache.keyOf(routeSet) }
    this.#sets.set(name, live)
    if (router.provisional) this.#refit(live)
  }

  async #edit(live: LiveSet, version: number, next: RouteSet): Promise<void> {
    const { encoder } = this.#options
    if (!applyEdits(live.router, live.routeSet, next)) live.router = buildProvisional(next, encoder)
    live.routeSet = next
    live.version = version
    live.edits++
    this.#refit(live)
  }

  #refit(live: LiveSet): void {
    const { refitter, encoder, cache, logger } = this.#options
    const { edits, routeSet } = live
    refitter.request(live.name, routeSet, async (snapshot) => {
      if (live.edits !== edits || this.#sets.get(live.name) !== live) return
      live.router = Router.load(snapshot, encoder)
      logger.info({ routeSet: live.name, version: live.version, snapshot: live.router.snapshot }, 'refitted')
      live.snapshotKey = cache.keyOf(routeSet)
      const inUse = new Set([...this.#sets.values()].map((set) => set.snapshotKey))
      await cache.write(live.snapshotKey, snapshot, inUse)
    })
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

  /** Runs writes one after the other; a failed one does not stop the next. */
  #inOrder<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#writes.then(action)
    this.#writes = result.catch(() => undefined)
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

function assertVersion(
  { name, version }: { name: string; version: number },
  { expectedVersion }: WriteCondition,
): void {
  if (expectedVersion === undefined || expectedVersion === version) return
  throw new StrataError(
    'version_conflict',
    `The route set ${name} is at version ${version}, not ${expectedVersion}; read it again, redo the change, and send the new version.`,
  )
}
