import type { RouteSet, WriteCondition } from '../contracts/index.ts'
import { isStrataError, StrataError } from '../errors/index.ts'
import type { LiveRouteSet, LiveRouteSets } from './live-route-sets.ts'
import type { RouteSetLoader } from './route-set-loader.ts'
import { WriteOrder } from './write-order.ts'

/** What `onChange` tells of. */
export interface RouteSetChange {
  readonly name: string
  /** The version that decides now; 0 when the set has been deleted. */
  readonly version: number
  /** True when the version is as before and its full fit has taken the place of the provisional one. */
  readonly refitted?: true
}

/** The section `limits` of the configuration, as far as it is about route sets. */
export interface RouteSetLimits {
  readonly routeSets: number
  readonly routesPerSet: number
  readonly fitRows: number
  readonly fitBytes: number
}

export interface RouteSetWriterOptions {
  readonly limits: RouteSetLimits
  /** The file that is the source of `default`, which is then read-only. */
  readonly file?: string
}

/** Where several processes write to a set at once, each time one of them is the first and the others try again. */
const MOST_ATTEMPTS = 50

/** The rules that every change of a set keeps: one at a time, of the version it was meant for, within the limits. */
export class RouteSetWriter {
  readonly #options: RouteSetWriterOptions
  readonly #live: LiveRouteSets
  readonly #loader: RouteSetLoader
  readonly #order = new WriteOrder()
  readonly #listeners: ((change: RouteSetChange) => void)[] = []

  constructor(options: RouteSetWriterOptions, live: LiveRouteSets, loader: RouteSetLoader) {
    this.#options = options
    this.#live = live
    this.#loader = loader
  }

  onChange(listener: (change: RouteSetChange) => void): void {
    this.#listeners.push(listener)
  }

  announce(change: RouteSetChange): void {
    for (const listener of this.#listeners) listener(change)
  }

  /**
   * Makes one change of a set and announces it.
   * @param change stores it, on condition of the version it is given (0: there is none), and serves it; it is called again
   * where another process was quicker
   * @throws StrataError `version_conflict`, `route_set_read_only`
   */
  write<T>(
    name: string,
    condition: WriteCondition,
    change: (live: LiveRouteSet | undefined, version: number) => Promise<T>,
  ): Promise<T> {
    return this.inOrder(name, async () => {
      this.assertWritable(name)
      const once = () => {
        const live = this.#live.find(name)
        const version = live?.version ?? 0
        assertVersion(name, version, condition)
        return change(live, version)
      }
      const attempt = (left: number): Promise<T> =>
        once().catch(async (error: unknown) => {
          // Another process has written to the same database: take what it wrote, then judge the change anew.
          const isConflict = isStrataError(error) && error.code === 'version_conflict'
          if (!isConflict || left === 1 || !(await this.#loader.takeOver(name))) throw error
          return attempt(left - 1)
        })
      try {
        const result = await attempt(MOST_ATTEMPTS)
        this.announce({ name, version: this.#live.find(name)?.version ?? 0 })
        return result
      } catch (error) {
        // A change that failed after its fit began has taken the place of the refit that was due.
        this.#live.refitIfProvisional(name)
        throw error
      }
    })
  }

  inOrder<T>(name: string, action: () => Promise<T>): Promise<T> {
    return this.#order.run(name, action)
  }

  /** Resolves when no change is under way. */
  settle(): Promise<void> {
    return this.#order.settle()
  }

  assertWritable(name: string): void {
    if (!this.#loader.isReadOnly(name)) return
    throw new StrataError(
      'route_set_read_only',
      `The set ${name} comes from the file ${this.#options.file}; edit that file, and the change is live at once.`,
    )
  }

  assertRoom(name: string, next: RouteSet): void {
    const { routeSets, routesPerSet } = this.#options.limits
    if (next.routes.length > routesPerSet) {
      throw new StrataError(
        'invalid_route_set',
        `The set ${name} would have ${next.routes.length} routes; at most ${routesPerSet} are allowed (limits.routesPerSet).`,
      )
    }
    // Sets that are being made at the same time count, this one included.
    const making = this.#order.busy().filter((other) => !this.#live.find(other)).length
    if (!this.#live.find(name) && this.#live.size + making > routeSets) {
      throw new StrataError(
        'invalid_request',
        `There are as many route sets as allowed, ${routeSets} (limits.routeSets); delete one first.`,
      )
    }
  }
}

export function assertVersion(name: string, version: number, { expectedVersion }: WriteCondition): void {
  if (expectedVersion === undefined || expectedVersion === version) return
  throw new StrataError(
    'version_conflict',
    `The route set ${name} is at version ${version}, not ${expectedVersion}; read it again, redo the change, and send the new version.`,
  )
}
