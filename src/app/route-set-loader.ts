import type { RouteSet, RouteStore, StoredRouteSet, VersionState } from '../contracts/index.ts'
import type { Router } from '../core/index.ts'
import type { Logger } from '../observability/index.ts'
import type { LiveRouteSet, LiveRouteSets, Trial } from './live-route-sets.ts'
import { isSmallChange } from './route-edits.ts'
import type { FitContent } from './router-factory.ts'

export const DEFAULT_SET = 'default'

export interface RouteSetLoaderOptions {
  readonly store: RouteStore
  readonly logger: Logger
  /** What `default` holds while nothing is stored under that name; read when needed, as it may be large. */
  readonly readInitial: () => RouteSet
  /** The file that is the source of `default`, which is then read-only; `readInitial` reads it. */
  readonly file?: string
  /** The version of what that file says at first; 1 if not given. */
  readonly fileVersion?: number
}

/** Brings what is stored to where it decides: at the start, and when another process has written. */
export class RouteSetLoader {
  readonly #options: RouteSetLoaderOptions
  readonly #live: LiveRouteSets
  readonly #forgetListeners: ((name: string) => void)[] = []

  constructor(options: RouteSetLoaderOptions, live: LiveRouteSets) {
    this.#options = options
    this.#live = live
  }

  onForget(listener: (name: string) => void): void {
    this.#forgetListeners.push(listener)
  }

  isReadOnly(name: string): boolean {
    return name === DEFAULT_SET && this.#options.file !== undefined
  }

  /** Serves every stored set, and tries out what can be. */
  async loadAll(): Promise<void> {
    for (const { name } of await this.#options.store.list()) {
      if (this.isReadOnly(name)) continue
      const stored = await this.#options.store.get(name)
      if (!stored) continue
      await this.#serveStored(stored)
      await this.loadTrials(name, (version, error) =>
        this.#options.logger.error(
          { routeSet: name, version, err: error },
          'a version that was to be tried out could not be fitted; the set decides without it',
        ),
      )
    }
    if (!this.#live.find(DEFAULT_SET)) await this.#serveInitial()
  }

  /** Takes over what is stored when it is not what is served; true when another version decides now. */
  async takeOver(name: string): Promise<boolean> {
    const stored = await this.#options.store.get(name)
    const live = this.#live.find(name)
    if ((stored?.version ?? 0) === (live?.version ?? 0)) {
      await this.takeFullFit(name)
      return false
    }
    if (stored === null) {
      await this.forget(name)
      return true
    }
    const { version } = stored
    const router = trialOf(live, version)?.router ?? (await this.#live.ready(stored, live?.router))
    // Whoever wrote the change refits it; until then the edit is made again here.
    if (router === undefined && live && isEdit(live.content, stored)) {
      this.#live.edit(name, version, stored.routeSet)
    } else this.#live.serve(name, version, contentOf(stored), router ?? (await this.#live.fit(name, stored)))
    return true
  }

  /** Puts the full fit in the place of a provisional one, when another process has cached it. */
  async takeFullFit(name: string): Promise<void> {
    const live = this.#live.find(name)
    if (!live?.provisional) return
    const { version, content } = live
    const router = await this.#live.ready(content, live.router)
    // A refit of this process may have ended in the meantime.
    if (router && this.#live.find(name) === live && live.provisional) {
      this.#live.serve(name, version, content, router)
    }
  }

  /**
   * Tries out what the store says is to be tried out.
   * @param failed told of a version that cannot be fitted; if not given, its error is thrown
   */
  async loadTrials(name: string, failed?: (version: number, error: unknown) => void): Promise<void> {
    const trials = await this.#options.store.trials(name)
    const load = async (state: VersionState): Promise<Trial | undefined> => {
      const found = trials.find((stored) => stored.state === state)
      if (found === undefined) return undefined
      const { version, share } = found
      const known = trialOf(this.#live.find(name), version)
      if (known) return { ...known, share }
      try {
        const stored = await this.#options.store.get(name, version)
        if (stored === null) return undefined
        const router = await this.#live.fit(
          `${name} version ${version}`,
          stored,
          this.#live.find(name)?.router,
        )
        return { version, share, content: { ...contentOf(stored), routeSet: router.routeSet }, router }
      } catch (error) {
        if (failed === undefined) throw error
        failed(version, error)
        return undefined
      }
    }
    const shadow = await load('shadow')
    const canary = await load('canary')
    this.#live.setTrials(name, { shadow, canary })
  }

  /** Serves what there is under a name when nothing is stored. */
  async forget(name: string): Promise<void> {
    this.#live.setTrials(name, { shadow: undefined, canary: undefined })
    if (name === DEFAULT_SET) await this.#serveInitial()
    else this.#live.delete(name)
    for (const listener of this.#forgetListeners) listener(name)
  }

  /**
   * Serves a stored set at the start. Where the process ended before an edit was refitted, that is the newest fitted
   * version with the edit made again, so that the start need not wait for a fit.
   */
  async #serveStored(stored: StoredRouteSet): Promise<void> {
    const { name, version, routeSet } = stored
    const content = contentOf(stored)
    const ready = await this.#live.ready(content)
    const earlier = ready ? undefined : await this.#fittedEarlier(stored)
    this.#live.serve(name, version, content, ready ?? earlier ?? (await this.#live.fit(name, content)))
    if (!earlier) return
    this.#live.edit(name, version, routeSet)
    this.#live.refitIfProvisional(name)
  }

  async #fittedEarlier({ name, version, ...content }: StoredRouteSet): Promise<Router | undefined> {
    for (const { version: older, state } of await this.#options.store.versions(name)) {
      const isEarlier = older < version && state === 'superseded'
      const stored = isEarlier ? await this.#options.store.get(name, older) : null
      if (stored === null || !isEdit(stored, content)) continue
      const router = await this.#live.ready(stored)
      if (router) return router
    }
    return undefined
  }

  async #serveInitial(): Promise<void> {
    const { readInitial, file, fileVersion = 1 } = this.#options
    const content: FitContent = { routeSet: readInitial() }
    const router = await this.#live.fit(DEFAULT_SET, content)
    this.#live.serve(DEFAULT_SET, file === undefined ? 0 : fileVersion, content, router)
  }
}

/** The trial of that version, when it is one. */
export function trialOf(live: LiveRouteSet | undefined, version: number): Trial | undefined {
  return [live?.shadow, live?.canary].find((trial) => trial?.version === version)
}

export const contentOf = ({ routeSet, fitInputsKey }: FitContent): FitContent => ({
  routeSet,
  ...(fitInputsKey === undefined ? {} : { fitInputsKey }),
})

/** Whether a version is another one with a few routes changed, fitted with the same. */
function isEdit(from: FitContent, to: FitContent): boolean {
  return from.fitInputsKey === to.fitInputsKey && isSmallChange(from.routeSet, to.routeSet)
}
