import type { Encoder, RouteDefinition, RouteSet } from '../contracts/index.ts'
import { Router } from '../core/index.ts'
import { isStrataError } from '../errors/index.ts'
import type { Logger } from '../observability/index.ts'
import type { SnapshotCache } from './snapshot-cache.ts'

/** Up to this many texts a full fit takes well under 100 ms, so nothing provisional is needed at the start. */
const QUICK_FIT_TEXTS = 50

/** Beyond this many changed routes a set is built anew instead of edited. */
const EDIT_LIMIT = 64

/** The router of a set: from the cache, fitted at once when small, otherwise provisional until the refit. */
export async function buildRouter(
  routeSet: RouteSet,
  encoder: Encoder,
  cache: SnapshotCache,
  logger: Logger,
): Promise<Router> {
  const cached = await loadCached(routeSet, encoder, cache, logger)
  if (cached) return cached
  const texts = routeSet.routes.reduce(
    (sum, route) => sum + route.examples.length,
    routeSet.outOfScope?.length ?? 0,
  )
  if (texts <= QUICK_FIT_TEXTS) return Router.compile(routeSet, encoder)
  return buildProvisional(routeSet, encoder)
}

/** Ready in a fraction of the time of a fit, and less exact. */
export function buildProvisional(routeSet: RouteSet, encoder: Encoder): Router {
  const router = Router.compile({ ...routeSet, routes: [] }, encoder)
  for (const route of routeSet.routes) router.add(route)
  return router
}

/**
 * Brings `router` from one set to the other in place, live at once.
 * @returns false, with nothing changed, when the difference is more than a few routes
 */
export function applyEdits(router: Router, from: RouteSet, to: RouteSet): boolean {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
  if (!same([from.outOfScope, from.defaults], [to.outOfScope, to.defaults])) return false
  const before = new Map(from.routes.map((route) => [route.name, route]))
  const after = new Map(to.routes.map((route) => [route.name, route]))
  const removed = from.routes.filter((route) => !after.has(route.name))
  const edited = to.routes.filter((route) => {
    const old: RouteDefinition | undefined = before.get(route.name)
    return old !== route && !same(old, route)
  })
  if (removed.length + edited.length > EDIT_LIMIT) return false
  for (const route of removed) router.remove(route.name)
  for (const route of edited) {
    if (before.has(route.name)) router.update(route)
    else router.add(route)
  }
  return true
}

async function loadCached(
  routeSet: RouteSet,
  encoder: Encoder,
  cache: SnapshotCache,
  logger: Logger,
): Promise<Router | undefined> {
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
