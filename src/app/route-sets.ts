import type {
  Decision,
  RouteDefinition,
  RouteOptions,
  RouteSet,
  RouteStore,
  WriteCondition,
} from '../contracts/index.ts'
import type { Router } from '../core/index.ts'
import { isStrataError, StrataError } from '../errors/index.ts'
import type { Logger } from '../observability/index.ts'
import { type LiveRouteSet, LiveRouteSets, type LiveRouteSetsOptions } from './live-route-sets.ts'
import {
  type Edited,
  findRoute,
  isSmallChange,
  withChangedRoute,
  withNewRoute,
  withoutRoute,
  withRoute,
} from './route-edits.ts'
import { DEFAULT_SET, RouteSetLoader, type RouteSetLoaderOptions } from './route-set-loader.ts'
import { RouteSetVersions, type RouteSetVersionsOptions } from './route-set-versions.ts'
import {
  assertVersion,
  type RouteSetChange,
  RouteSetWriter,
  type RouteSetWriterOptions,
} from './route-set-writer.ts'
import type { FitContent } from './router-factory.ts'
import { ShadowDecisions, type ShadowDecisionsOptions } from './shadow-decisions.ts'

export { DEFAULT_SET } from './route-set-loader.ts'
export type { RouteSetChange } from './route-set-writer.ts'

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
  /** True when the set is fitted with labelled rows, which edits leave as they are. */
  readonly hasLabelledRows: boolean
}

interface RouteSetsOptions
  extends LiveRouteSetsOptions,
    RouteSetLoaderOptions,
    RouteSetWriterOptions,
    RouteSetVersionsOptions,
    ShadowDecisionsOptions {
  readonly store: RouteStore
}

const NOTHING: FitContent = { routeSet: { routes: [] } }

/** The route sets: read, decided with, and changed, each change stored as a new version before it is live. */
export class RouteSets {
  /** Their versions: rollback, candidates fitted with data, and what is tried out. */
  readonly versions: RouteSetVersions
  /** What shadow versions decide, after the answer. */
  readonly shadows: ShadowDecisions
  readonly #store: RouteStore
  readonly #logger: Logger
  readonly #live: LiveRouteSets
  readonly #loader: RouteSetLoader
  readonly #writer: RouteSetWriter

  private constructor(options: RouteSetsOptions) {
    this.#store = options.store
    this.#logger = options.logger
    this.#live = new LiveRouteSets(options, ({ name, version }) =>
      this.#writer.announce({ name, version, refitted: true }),
    )
    this.#loader = new RouteSetLoader(options, this.#live)
    this.#writer = new RouteSetWriter(options, this.#live, this.#loader)
    this.shadows = new ShadowDecisions(options, this.#live)
    this.versions = new RouteSetVersions(options, {
      live: this.#live,
      loader: this.#loader,
      writer: this.#writer,
      shadows: this.shadows,
    })
  }

  static async open(options: RouteSetsOptions): Promise<RouteSets> {
    const sets = new RouteSets(options)
    await sets.#loader.loadAll()
    return sets
  }

  has(name: string): boolean {
    return this.#live.find(name) !== undefined
  }

  /** The router of the active version of a set; `route_set_not_found` when there is no such set. */
  router(name: string = DEFAULT_SET): Router {
    return this.#live.get(name).router
  }

  /**
   * The router that decides for one message: that of the canary for its share of the messages, otherwise as `router`.
   * @param message the text; where there is none, anything that differs from request to request
   * @remarks A look-up and a comparison where there is no canary.
   */
  routerFor(name: string | undefined, message: string): Router {
    return this.#live.routerFor(name ?? DEFAULT_SET, message)
  }

  /**
   * The version of a set that a snapshot belongs to: that of the canary where it decided, otherwise the active one; 0
   * where the set has been deleted since.
   */
  versionOf(name: string, snapshot: string): number {
    const live = this.#live.find(name)
    if (live === undefined) return 0
    const { version, canary } = live
    return canary?.router.snapshot === snapshot ? canary.version : version
  }

  /**
   * Says what was answered, so that the shadow of the set, if it has one, decides the message too, after the answer.
   * @remarks A comparison where no set has a shadow.
   */
  answered(name: string | undefined, text: string, options: RouteOptions, decision: Decision): void {
    if (this.#live.hasShadows) this.shadows.observe(name ?? DEFAULT_SET, text, options, decision)
  }

  list(): RouteSetSummary[] {
    return this.#live.all().map((live) => ({
      ...this.#describe(live),
      routes: live.content.routeSet.routes.length,
    }))
  }

  get(name: string): RouteSetView {
    const live = this.#live.get(name)
    return { ...this.#describe(live), routeSet: live.content.routeSet }
  }

  /** One route of a set; `route_not_found` with the nearest name when there is none. */
  getRoute(set: string, name: string): { readonly version: number; readonly route: RouteDefinition } {
    const { version, content } = this.#live.get(set)
    return { version, route: findRoute(content.routeSet, set, name) }
  }

  /** Replaces a whole set, or makes it. */
  replace(name: string, routeSet: RouteSet, condition: WriteCondition = {}): Promise<WriteResult> {
    return this.#edit(name, condition, () => ({
      next: routeSet,
      created: (this.#live.find(name)?.version ?? 0) === 0,
    }))
  }

  /** Adds a route; `route_exists` when the name is taken. */
  addRoute(set: string, route: RouteDefinition, condition: WriteCondition = {}): Promise<WriteResult> {
    return this.#edit(set, condition, () => withNewRoute(this.get(set).routeSet, set, route))
  }

  /** Replaces the route of that name, or adds it. */
  putRoute(set: string, route: RouteDefinition, condition: WriteCondition = {}): Promise<WriteResult> {
    return this.#edit(set, condition, () => withRoute(this.get(set).routeSet, route))
  }

  /**
   * Changes the route of that name; `route_not_found` when there is none.
   * @param change of the route as it is when its turn has come; what it returns unchanged is not stored again
   */
  changeRoute(
    set: string,
    name: string,
    change: (route: RouteDefinition) => RouteDefinition,
    condition: WriteCondition = {},
  ): Promise<WriteResult> {
    return this.#edit(set, condition, () => withChangedRoute(this.get(set).routeSet, set, name, change))
  }

  removeRoute(set: string, name: string, condition: WriteCondition = {}): Promise<WriteResult> {
    return this.#edit(set, condition, () => withoutRoute(this.get(set).routeSet, set, name))
  }

  /** Deletes a stored set with all its versions; `default` is then as it is before anything is stored. */
  delete(name: string, condition: WriteCondition = {}): Promise<void> {
    // The condition is judged below, as a set that does not exist is that rather than another version.
    return this.#writer.write(name, {}, async () => {
      const { version } = this.#live.get(name)
      assertVersion(name, version, condition)
      if (!(await this.#store.delete(name, { expectedVersion: version }))) {
        throw new StrataError(
          'route_set_not_found',
          `Nothing is stored under ${name}, so there is nothing to delete.`,
        )
      }
      await this.#loader.forget(name)
    })
  }

  /**
   * Has `listener` told after each change that this process has stored and after each refit it has finished; not of
   * what `adopt` takes over, so that two processes that tell each other do not go round in circles.
   */
  onChange(listener: (change: RouteSetChange) => void): void {
    this.#writer.onChange(listener)
  }

  /** Has `listener` told of each set that has been deleted, by this process or by another whose deletion it adopts. */
  onForget(listener: (name: string) => void): void {
    this.#loader.onForget(listener)
  }

  /**
   * Takes over what another process has stored under that name: a small change provisionally until that process has
   * refitted it, otherwise from the snapshot cache or by a fit. Where this process has the version already, but
   * provisionally, it takes the full fit from the snapshot cache when it is there. Cheap when nothing is new.
   */
  adopt(name: string): Promise<void> {
    return this.#writer.inOrder(name, async () => {
      if (this.#loader.isReadOnly(name)) {
        await this.#loader.takeFullFit(name)
        return
      }
      await this.#loader.takeOver(name)
      await this.#loader.loadTrials(name)
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
    return this.#writer.inOrder(DEFAULT_SET, async () => {
      const live = this.#live.get(DEFAULT_SET)
      this.#writer.assertRoom(DEFAULT_SET, routeSet)
      const version = given ?? live.version + 1
      const isSmall = isSmallChange(live.content.routeSet, routeSet)
      const router = isSmall ? undefined : await this.#fitOfFile(routeSet)
      if (router) this.#live.serve(DEFAULT_SET, version, { routeSet }, router)
      else {
        this.#live.edit(DEFAULT_SET, version, routeSet)
        if (refits || !isSmall) this.#live.refitIfProvisional(DEFAULT_SET)
      }
    })
  }

  /** Undefined where the fit failed through no fault of the file, whose routes then decide provisionally. */
  async #fitOfFile(routeSet: RouteSet): Promise<Router | undefined> {
    try {
      return await this.#live.fit(DEFAULT_SET, { routeSet })
    } catch (error) {
      if (isStrataError(error)) throw error
      this.#logger.error(
        { routeSet: DEFAULT_SET, err: error },
        'the fit failed; the routes of the file decide provisionally, and the fit is tried again',
      )
      return undefined
    }
  }

  /** Resolves when no write is under way. */
  settle(): Promise<void> {
    return this.#writer.settle()
  }

  /** Resolves when no write and no refit is under way. */
  async idle(): Promise<void> {
    await this.settle()
    await this.#live.idle()
  }

  #edit(name: string, condition: WriteCondition, change: () => Edited): Promise<WriteResult> {
    return this.#writer.write(name, condition, async (live, expectedVersion) => {
      const { next, created } = change()
      this.#writer.assertRoom(name, next)
      // What the version before was fitted with goes on; rows of routes that are gone are passed over.
      const content = { ...(live?.content ?? NOTHING), routeSet: next }
      const hasLabelledRows = content.fitInputsKey !== undefined
      if (next === live?.content.routeSet) return { version: live.version, created, hasLabelledRows }
      // What is mostly new is fitted before it is stored, so that a set that cannot be fitted is never stored.
      const isSmall = live !== undefined && isSmallChange(live.content.routeSet, next)
      const router = isSmall ? undefined : await this.#live.fit(name, content)
      const { version } = await this.#store.put(name, content, { expectedVersion })
      if (router) this.#live.serve(name, version, content, router)
      else {
        this.#live.edit(name, version, next)
        this.#live.refitIfProvisional(name)
      }
      return { version, created, hasLabelledRows }
    })
  }

  #describe({ name, version, provisional }: LiveRouteSet): Omit<RouteSetSummary, 'routes'> {
    return { name, version, readOnly: this.#loader.isReadOnly(name), provisional }
  }
}
