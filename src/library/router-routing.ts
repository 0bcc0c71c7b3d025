import type { RouteDefinition, RouteSet } from '../contracts/index.ts'
import type { Routing } from '../runtime/routing.ts'
import type { DecidingRouter } from './runtime-options.ts'

/**
 * Lets the runtime decide by one router, which may be edited meanwhile.
 * @param load makes the router when something is first to be decided
 */
export function routerRouting(
  router: DecidingRouter | undefined,
  load: () => Promise<DecidingRouter>,
): Routing {
  let loaded: Promise<DecidingRouter> | undefined
  const definitions = new WeakMap<RouteSet, ReadonlyMap<string, RouteDefinition>>()
  return {
    async decide(_set, text, context) {
      if (router === undefined) {
        loaded ??= load()
        router = await loaded
      }
      return router.routeAsync(text, context.length === 0 ? {} : { context })
    },
    target(_set, route) {
      if (router === undefined) return undefined
      const { routeSet } = router
      let byName = definitions.get(routeSet)
      if (byName === undefined) {
        byName = new Map(routeSet.routes.map((definition) => [definition.name, definition]))
        definitions.set(routeSet, byName)
      }
      const found = byName.get(route)
      return found === undefined ? undefined : (found.target ?? null)
    },
    hasSet: () => false,
  }
}
