import type {
  Encoder,
  FitInputs,
  FitOutcome,
  KeyedFitInputs,
  RouteSet,
  VersionContent,
} from '../contracts/index.ts'
import type { Router } from '../core/index.ts'
import { isStrataError, StrataError } from '../errors/index.ts'
import type { Logger } from '../observability/index.ts'
import type { FitQueue, Fitted } from './fit-queue.ts'
import { type FitWork, fitVersion } from './fit-version.ts'
import { labelledRows } from './labelled-rows.ts'
import { loadRouter } from './load-router.ts'
import type { SnapshotCache } from './snapshot-cache.ts'

/** Up to this many texts a full fit takes about 20 ms, less than a process needs to start. */
const QUICK_FIT_TEXTS = 100

/** What the router of a version depends on. */
export type FitContent = Pick<VersionContent, 'routeSet' | 'fitInputsKey'>

interface RouterFactoryOptions {
  readonly encoder: Encoder
  readonly cache: SnapshotCache
  readonly queue: FitQueue
  readonly logger: Logger
  /** The fit inputs of that key; null when no version has them any more. */
  readonly readFitInputs: (key: string) => Promise<FitInputs | null>
}

/** Makes fully fitted routers: from the cache, here when that is quick, otherwise in another process. */
export class RouterFactory {
  readonly #options: RouterFactoryOptions
  readonly #writes = new Set<Promise<void>>()

  constructor(options: RouterFactoryOptions) {
    this.#options = options
  }

  /**
   * The fitted router of a set when it is at hand: cached, or small enough to be fitted on the spot.
   * @param before a router for a similar set; the new one takes less time then
   */
  async ready(
    content: FitContent,
    inUse: () => ReadonlySet<string>,
    before?: Router,
  ): Promise<Router | undefined> {
    const { encoder, cache, logger } = this.#options
    const key = cache.keyOf(content)
    try {
      const bytes = await cache.read(key)
      if (bytes !== null) return await loadRouter(bytes, encoder, before)
    } catch (error) {
      logger.warn({ key, err: error }, 'a cached snapshot could not be used; it is made again')
      if (isStrataError(error)) await cache.delete(key)
    }
    if (textsOf(content.routeSet) > QUICK_FIT_TEXTS) return undefined
    const work = await this.#workOf(content)
    if (labelledRows(work.inputs).length > QUICK_FIT_TEXTS) return undefined
    const router = fitVersion(work, encoder)
    // A thousand small sets are loaded in the time that a hundred take to be fitted.
    if (work.routeSet.routes.length > 0) this.#cacheLater(key, router.save(), inUse)
    return router
  }

  /**
   * The fitted router of a set, in another process where it is not at hand; its snapshot is cached.
   * @param job names the fit; a newer one of the same name takes its place
   * @param inUse keys of the snapshots that must stay cached
   * @param before as for `ready`
   * @throws FitCancelled when a newer fit of that name took its place
   */
  async make(
    job: string,
    content: FitContent,
    inUse: () => ReadonlySet<string>,
    before?: Router,
  ): Promise<Router> {
    const ready = await this.ready(content, inUse, before)
    if (ready) return ready
    const fitted = await this.#fit(job, await this.#workOf(content))
    return this.#keep(content, fitted, inUse, before)
  }

  /**
   * Fits what somebody asked to be fitted, and evaluates it on rows that were held out.
   * @throws StrataError `invalid_rule`, `invalid_data`, `not_enough_data`
   */
  async makeCandidate(
    job: string,
    routeSet: RouteSet,
    fitInputs: KeyedFitInputs | undefined,
    inUse: () => ReadonlySet<string>,
  ): Promise<{ readonly router: Router; readonly outcome: FitOutcome }> {
    const fitted = await this.#fit(job, {
      routeSet,
      isCandidate: true,
      ...(fitInputs ? { inputs: fitInputs.inputs } : {}),
    })
    const content: FitContent = { routeSet, ...(fitInputs ? { fitInputsKey: fitInputs.key } : {}) }
    const router = await this.#keep(content, fitted, inUse)
    return { router, outcome: { report: router.report, evaluation: fitted.evaluation } }
  }

  /** Resolves when no snapshot is being written. */
  async idle(): Promise<void> {
    while (this.#writes.size > 0) await Promise.all(this.#writes)
  }

  async #workOf({ routeSet, fitInputsKey }: FitContent): Promise<FitWork> {
    if (fitInputsKey === undefined) return { routeSet }
    const inputs = await this.#options.readFitInputs(fitInputsKey)
    if (inputs === null) {
      throw new StrataError(
        'version_not_found',
        'What this version was fitted with is not stored any more: another process has deleted the version, as one of too many. List the versions again.',
      )
    }
    return { routeSet, inputs }
  }

  async #fit(job: string, work: FitWork): Promise<Fitted> {
    const { queue, logger } = this.#options
    const startMs = performance.now()
    const rows = labelledRows(work.inputs).length
    logger.info(
      { fit: job, routes: work.routeSet.routes.length, texts: textsOf(work.routeSet), rows },
      'fitting',
    )
    const fitted = await queue.run(job, work)
    logger.info({ fit: job, seconds: (performance.now() - startMs) / 1000 }, 'fitted')
    return fitted
  }

  async #keep(
    content: FitContent,
    fitted: Fitted,
    inUse: () => ReadonlySet<string>,
    before?: Router,
  ): Promise<Router> {
    const { encoder, cache, logger } = this.#options
    const key = cache.keyOf(content)
    const router = await loadRouter(fitted.snapshot, encoder, before)
    await cache.write(key, fitted.snapshot, new Set([...inUse(), key])).catch((error: unknown) => {
      logger.warn({ err: error }, 'the snapshot could not be cached; the next start fits the set again')
    })
    return router
  }

  #cacheLater(key: string, bytes: Uint8Array, inUse: () => ReadonlySet<string>): void {
    const { cache, logger } = this.#options
    const write = cache
      .write(key, bytes, new Set([...inUse(), key]))
      .catch((error: unknown) => logger.warn({ err: error }, 'the snapshot could not be cached'))
      .finally(() => this.#writes.delete(write))
    this.#writes.add(write)
  }
}

function textsOf({ routes, outOfScope }: RouteSet): number {
  return routes.reduce((sum, route) => sum + route.examples.length + 2, outOfScope?.length ?? 0)
}
