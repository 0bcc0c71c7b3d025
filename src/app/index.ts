export { parseRoute, parseRouteSet } from '../core/parse-route-set.ts'
export { type App, type AppOptions, createApp } from './create-app.ts'
export type { FitSnapshot } from './fit-queue.ts'
export { packageRoot, packageVersion } from './package-root.ts'
export {
  DEFAULT_SET,
  type RouteSetSummary,
  type RouteSets,
  type RouteSetView,
  type WriteResult,
} from './route-sets.ts'
