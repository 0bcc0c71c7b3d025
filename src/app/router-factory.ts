import type { Encoder, RouteSet } from '../contracts/index.ts'
import { Router } from '../core/index.ts'
import { isStrataError } from '../errors/index.ts'
import type { Logger } from '../observability/index.ts'
import type { FitQueue } from './fit-queue.ts'
import type { SnapshotCache } from './snapshot-cache.ts'

/** Up to this many texts a full fit takes about 20 ms, less than a process needs to start. */
const QUICK_FIT_TEXTS = 100

interface RouterFactoryOptions {
  readonly encoder: Encoder
  readonly cache: SnapshotCache
  readonly queue: FitQueue
  readonly logger: Logger
}

/** Makes fully fitted routers: from the cache, here when that is quick, otherwise in another process. */
export class RouterFactory {
  readonly #options: RouterFactoryOptions

  constructor(options: RouterFactoryOptions) {
    this.#options = options
  }

  /** The fitted router of a set when it is at hand: cached, or small enough to be fitted on the spot. */
  async ready(routeSet: RouteSet): Promise<Router | undefined> {
    const { encoder, cache, logger } = this.#options
    if (textsOf(routeSet) <= QUICK_FIT_TEXTS) return Router.compile(routeSet, encoder)
    const key = cache.keyOf(routeSet)
    try {
      const bytes = await cache.read(key)
      return bytes === null ? undefined : Router.load(bytes, encoder)
    } catch (error) {
      logger.warn({ key, err: error }, 'a cached snapshot could not be used; it is made again')
      if (isStrataError(error)) await cache.delete(key)
      return undefined
    }
  }

  /**
   * The fitted router of a set, in another process where it is not at hand; its snapshot is cached.
   * @param inUse keys of the snapshots that must stay cached
   * @throws FitCancelled when a newer fit of the set of that name took its place
   */
  async make(name: string, routeSet: RouteSet, inUse: () => ReadonlySet<string>): Promise<Router> {
    const { encoder, cache, queue, logger } = this.#options
    const ready = await this.ready(routeSet)
    if (ready) return ready
    const startMs = performance.now()
    logger.info({ routeSet: name, routes: routeSet.routes.length, texts: textsOf(routeSet) }, 'fitting')
    const bytes = await queue.run(name, routeSet)
    const router = Router.load(bytes, encoder)
    const seconds = (performance.now() - startMs) / 1000
    logger.info({ routeSet: name, snapshot: router.snapshot, seconds }, 'fitted')
    const key = cache.keyOf(routeSet)
    await cache.write(key, bytes, new Set([...inUse(), key])).catch((error: unknown) => {
      logger.warn({ err: error }, 'the snapshot could not be cached; the next start fits the set again')
    })
    return router
  }
}

function textsOf({ routes, outOfScope }: RouteSet): number {
  return routes.reduce((sum, route) => sum + route.examples.length + 2, outOfScope?.length ?? 0)
}
