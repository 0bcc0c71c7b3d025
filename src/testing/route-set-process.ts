import { FitQueue } from '../app/fit-queue.ts'
import { type FitWork, fitVersion } from '../app/fit-version.ts'
import { RouteSets } from '../app/route-sets.ts'
import { RouterFactory } from '../app/router-factory.ts'
import type { SnapshotCache } from '../app/snapshot-cache.ts'
import type { RouteStore } from '../contracts/index.ts'
import { loadBuiltinEncoder } from '../encoders/builtin/index.ts'
import { createLogger, type Logger } from '../observability/index.ts'

export const STOPPED_CLOCK = { now: () => 0, monotonicMs: () => 0 }

interface RouteSetProcessOptions {
  readonly store: RouteStore
  readonly cache: SnapshotCache
  /** Called before each fit; what it throws, the fit throws. */
  readonly beforeFit?: (work: FitWork) => void
  readonly logger?: Logger
}

/** Route sets as one process of several has them, but with the fits in this one. */
interface RouteSetProcess {
  readonly sets: RouteSets
  /** Ends it; the store is left open. */
  close(): Promise<void>
}

export async function openRouteSetProcess({
  store,
  cache,
  beforeFit = () => {},
  logger = createLogger('silent'),
}: RouteSetProcessOptions): Promise<RouteSetProcess> {
  const encoder = await loadBuiltinEncoder()
  const queue = new FitQueue(async (work) => {
    beforeFit(work)
    return { snapshot: fitVersion(work, encoder).save(), evaluation: null }
  })
  const readFitInputs = (key: string) => store.fitInputs(key)
  const sets = await RouteSets.open({
    store,
    cache,
    queue,
    logger,
    factory: new RouterFactory({ encoder, cache, queue, logger, readFitInputs }),
    limits: { routeSets: 5, routesPerSet: 100, fitRows: 1000, fitBytes: 100_000 },
    readInitial: () => ({ routes: [] }),
  })
  return {
    sets,
    async close() {
      await queue.close()
      await sets.settle()
    },
  }
}
