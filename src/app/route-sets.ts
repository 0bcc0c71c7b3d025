import type {
  RouteDefinition,
  RouteSet,
  RouteStore,
  StoredRouteSet,
  WriteCondition,
} from '../contracts/index.ts'
import type { Router } from '../core/index.ts'
import { isStrataError, StrataError } from '../errors/index.ts'
import { type LiveRouteSet, LiveRouteSets, type LiveRouteSetsOptions } from './live-route-sets.ts'
import {
  type Edited,
  findRoute,
  isSmallChange,
  withNewRoute,
  withoutRoute,
  withRoute,
} from './route-edits.ts'

export const DEFAULT_SET = 'default'

interface RouteSetSummary {
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

interface WriteResult {
  readonly version: number
  /** True when the route or set did not exist before. */
  readonly created: boolean
}

/** What `onChange` tells of. */
export interface RouteSetChange {
  readonly name: string
  /** The version that decides now; 0 when the set has been deleted. */
  readonly version: number
  /** True when the version is as before and its full fit has taken the place of the provisional one. */
  readonly refitted?: true
}

interface RouteSetsOptions extends LiveRouteSetsOptions {
  readonly store: RouteStore
  readonly limits: { readonly routeSets: number; readonly routesPerSet: number }
  /** What `default` holds while nothing is stored under that name; read when needed, as it may be large. */
  readonly readInitial: () => RouteSet
  /** The file that is the source of `default`, which is then read-only; `readInitial` reads it. */
  readonly file?: string
  /** The version of what that file says at first; 1 if not given. */
  readonly fileVersion?: number
}

const NOTHING: Pick<LiveRouteSet, 'version' | 'routeSet'> = { version: 0, routeSet: { routes: [] } }

/** The route sets: read, decided with, and changed, each change stored as a new version before it is live. */
export class RouteSets {
  readonly #options: RouteSetsOptions
  readonly #live: LiveRouteSets
  /** The last write of each set that is being written. */
  readonly #writes = new Map<string, Promise<void>>()
  readonly #listeners: ((change: RouteSetChange) => void)[] = []

  private constructor(options: RouteSetsOptions) {
    this.#options = options
    this.#live = new LiveRouteSets(options, ({ name, version }) =>
      this.#announce({ name, version, refitted: true }),
    )
  }

  static async open(options: RouteSetsOptions): Promise<RouteSets> {
    const sets = new RouteSets(options)
    for (const { name } of await options.store.list()) {
      if (sets.#isReadOnly(name)) continue
      const stored = await options.store.get(name)
      if (stored) await sets.#serveStored(stored)
    }
    if (!sets.#live.find(DEFAULT_SET)) await sets.#serveInitial()
    return sets
  }

  /** The router that decides for a set now; `route_set_not_found` when there is no such set. */
  router(name: string = DEFAULT_SET): Router {
    return this.#live.get(name).router
  }

  list(): RouteSetSummary[] {
    return this.#live.all().map((live) => ({ ...this.#describe(live), routes: live.routeSet.routes.length }))
  }

  get(name: string): RouteSetView {
    const live = this.#live.get(name)
    return { ...this.#describe(live), routeSet: live.routeSet }
  }

  /** One route of a set; `route_not_found` with the nearest name when there is none. */
  getRoute(set: string, name: string): { readonly version: number; readonly route: RouteDefinition } {
    const { version, routeSet } = this.#live.get(set)
    return { version, route: findRoute(routeSet, set, name) }
  }

  /** Replaces a whole set, or makes it. */
  replace(name: string, routeSet: RouteSet, condition: WriteCondition = {}): Promise<WriteResult> {
    return this.#write(name, condition, () => ({
      next: routeSet,
      created: (this.#live.find(name) ?? NOTHING).version === 0,
    }))
  }

  /** Adds a route; `route_exists` when the name is taken. */
  addRoute(set: string, route: RouteDefinition, condition: WriteCondition = {}): Promise<WriteResult> {
    return this.#write(set, condition, () => withNewRoute(this.#live.get(set).routeSet, set, route))
  }

  /** Replaces the route of that name, or adds it. */
  putRoute(set: string, route: RouteDefinition, condition: WriteCondition = {}): Promise<WriteResult> {
    return this.#write(set, condition, () => withRoute(this.#live.get(set).routeSet, route))
  }

  removeRoute(set: string, name: string, condition: WriteCondition = {}): Promise<WriteResult> {
    return this.#write(set, condition, () => withoutRoute(this.#live.get(set).routeSet, set, name))
  }

  /** Deletes a stored set with all its versions; `default` is then as it is before anything is stored. */
  delete(name: string, condition: WriteCondition = {}): Promise<void> {
    return this.#inOrder(name, async () => {
      const { version } = this.#live.get(name)
      this.#assertWritable(name)
      assertVersion(name, version, condition)
      if (!(await this.#options.store.delete(name, { expectedVersion: version }))) {
        throw new StrataError(
          'route_set_not_found',
          `Nothing is stored under ${name}, so there is nothing to delete.`,
        )
      }
      await this.#forget(name)
      this.#announce({ name, version: 0 })
    })
  }

  /**
   * Has `listener` told after each change that this process has stored and after each refit it has finished; not of
   * what `adopt` takes over, so that two processes that tell each other do not go round in circles.
   */
  onChange(listener: (change: RouteSetChange) => void): void {
    this.#listeners.push(listener)
  }

  /**
   * Takes over what another process has stored under that name: a small change provisionally until that process has
   * refitted it, otherwise from the snapshot cache or by a fit. Where this process has the version already, but
   * provisionally, it takes the full fit from the snapshot cache when it is there. Cheap when nothing is new.
   */
  adopt(name: string): Promise<void> {
    return this.#inOrder(name, async () => {
      if (this.#isReadOnly(name)) await this.#takeFullFit(name)
      else await this.#takeOver(name)
    })
  }

  /**
   * Takes a new content of the file that is the source of `default`.
   * @param version as who watches the file for several processes counts; the next one if not given
   * @param refits false where another process fits it in full and has told or will tell when that is cached
   */
  replaceFromFile(
    routeSet: RouteSet,
    { version: given, refits = true }: { version?: number; refits?: boolean } = {},
  ): Promise<void> {
    return this.#inOrder(DEFAULT_SET, async () => {
      const live = this.#live.get(DEFAULT_SET)
      this.#assertRoom(DEFAULT_SET, routeSet)
      const version = given ?? live.version + 1
      if (isSmallChange(live.routeSet, routeSet)) {
        this.#live.edit(DEFAULT_SET, version, routeSet)
        if (refits) this.#live.refitIfProvisional(DEFAULT_SET)
      } else this.#live.serve(DEFAULT_SET, version, await this.#live.fit(DEFAULT_SET, routeSet))
    })
  }

  /** Resolves when no write is under way. */
  async settle(): Promise<void> {
    while (this.#writes.size > 0) await Promise.all(this.#writes.values())
  }

  /** Resolves when no write and no refit is under way. */
  async idle(): Promise<void> {
    await this.settle()
    await this.#live.idle()
  }

  #write(name: string, condition: WriteCondition, change: () => Edited): Promise<WriteResult> {
    return this.#inOrder(name, async () => {
      this.#assertWritable(name)
      try {
        return await this.#writeOrRetry(name, condition, change)
      } catch (error) {
        // A write that failed after its fit began has taken the place of the refit that was due.
        this.#live.refitIfProvisional(name)
        throw error
      }
    })
  }

  async #writeOrRetry(name: string, condition: WriteCondition, change: () => Edited): Promise<WriteResult> {
    try {
      return await this.#writeOnce(name, condition, change)
    } catch (error) {
      // Another process has written to the same database: take what it wrote, then judge the change anew.
      const isConflict = isStrataError(error) && error.code === 'version_conflict'
      if (!isConflict || !(await this.#takeOver(name))) throw error
      return this.#writeOnce(name, condition, change)
    }
  }

  async #writeOnce(name: string, condition: WriteCondition, change: () => Edited): Promise<WriteResult> {
    const live = this.#live.find(name)
    const { version, routeSet } = live ?? NOTHING
    assertVersion(name, version, condition)
    const { next, created } = change()
    this.#assertRoom(name, next)
    // What is mostly new is fitted before it is stored, so that a set that cannot be fitted is never stored.
    const router = live && isSmallChange(routeSet, next) ? undefined : await this.#live.fit(name, next)
    const stored = await this.#options.store.put(name, next, { expectedVersion: version })
    if (router) this.#live.serve(name, stored.version, router)
    else this.#edit(name, stored.version, next)
    this.#announce({ name, version: stored.version })
    return { version: stored.version, created }
  }

  #edit(name: string, version: number, routeSet: RouteSet): void {
    this.#live.edit(name, version, routeSet)
    this.#live.refitIfProvisional(name)
  }

  /** Takes over what is stored when it is not what is served; true when the version changed. */
  async #takeOver(name: string): Promise<boolean> {
    const stored = await this.#options.store.get(name)
    const live = this.#live.find(name)
    if ((stored?.version ?? 0) === (live ?? NOTHING).version) {
      await this.#takeFullFit(name)
      return false
    }
    if (stored === null) {
      await this.#forget(name)
      return true
    }
    const { version, routeSet } = stored
    const ready = await this.#live.ready(routeSet)
    // Whoever wrote the change refits it; until then the edit is made again here.
    if (ready === undefined && live && isSmallChange(live.routeSet, routeSet)) {
      this.#live.edit(name, version, routeSet)
    } else this.#live.serve(name, version, ready ?? (await this.#live.fit(name, routeSet)))
    return true
  }

  async #takeFullFit(name: string): Promise<void> {
    const live = this.#live.find(name)
    if (!live?.router.provisional) return
    const { version, routeSet } = live
    const router = await this.#live.ready(routeSet)
    // A refit of this process may have ended in the meantime.
    if (router && live.router.provisional) this.#live.serve(name, version, router)
  }

  async #forget(name: string): Promise<void> {
    if (name === DEFAULT_SET) await this.#serveInitial()
    else this.#live.delete(name)
  }

  /**
   * Serves a stored set at the start. Where the process ended before an edit was refitted, that is the newest fitted
   * version with the edit made again, so that the start need not wait for a fit.
   */
  async #serveStored({ name, version, routeSet }: StoredRouteSet): Promise<void> {
    const ready = await this.#live.ready(routeSet)
    const earlier = ready ? undefined : await this.#fittedEarlier(name, version, routeSet)
    this.#live.serve(name, version, ready ?? earlier ?? (await this.#live.fit(name, routeSet)))
    if (earlier) this.#edit(name, version, routeSet)
  }

  async #fittedEarlier(name: string, version: number, routeSet: RouteSet): Promise<Router | undefined> {
    for (const { version: older } of await this.#options.store.versions(name)) {
      const stored = older < version ? await this.#options.store.get(name, older) : null
      if (stored === null || !isSmallChange(stored.routeSet, routeSet)) continue
      const router = await this.#live.ready(stored.routeSet)
      if (router) return router
    }
    return undefined
  }

  async #serveInitial(): Promise<void> {
    const { readInitial, file, fileVersion = 1 } = this.#options
    this.#live.serve(
      DEFAULT_SET,
      file === undefined ? 0 : fileVersion,
      await this.#live.fit(DEFAULT_SET, readInitial()),
    )
  }

  #announce(change: RouteSetChange): void {
    for (const listener of this.#listeners) listener(change)
  }

  #describe({ name, version, router }: LiveRouteSet): Omit<RouteSetSummary, 'routes'> {
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
    // Sets that are being made at the same time count, this one included.
    const making = [...this.#writes.keys()].filter((other) => !this.#live.find(other)).length
    if (!this.#live.find(name) && this.#live.size + making > routeSets) {
      throw new StrataError(
        'invalid_request',
        `There are as many route sets as allowed, ${routeSets} (limits.routeSets); delete one first.`,
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

function assertVersion(name: string, version: number, { expectedVersion }: WriteCondition): void {
  if (expectedVersion === undefined || expectedVersion === version) return
  throw new StrataError(
    'version_conflict',
    `The route set ${name} is at version ${version}, not ${expectedVersion}; read it again, redo the change, and send the new version.`,
  )
}
