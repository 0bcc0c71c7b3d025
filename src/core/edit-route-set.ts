import type { RouteDefinition, RouteSet } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'

/** @throws StrataError `route_exists` */
export function withNewRoute(routeSet: RouteSet, added: RouteDefinition): RouteSet {
  if (routeSet.routes.some(({ name }) => name === added.name)) {
    throw new StrataError(
      'route_exists',
      `There is a route named "${added.name}" already. Use update to change it, or choose another name.`,
    )
  }
  return { ...routeSet, routes: [...routeSet.routes, added] }
}

/** @throws StrataError `route_not_found` */
export function withChangedRoute(routeSet: RouteSet, updated: RouteDefinition): RouteSet {
  mustHave(routeSet, updated.name)
  return {
    ...routeSet,
    routes: routeSet.routes.map((old) => (old.name === updated.name ? updated : old)),
  }
}

/** @throws StrataError `route_not_found` */
export function withoutRoute(routeSet: RouteSet, name: string): RouteSet {
  mustHave(routeSet, name)
  return { ...routeSet, routes: routeSet.routes.filter((route) => route.name !== name) }
}

function mustHave(routeSet: RouteSet, name: string): void {
  if (!routeSet.routes.some((route) => route.name === name)) {
    throw new StrataError('route_not_found', `There is no route named "${name}".`)
  }
}
