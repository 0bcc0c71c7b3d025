export { parseRoute, parseRouteSet } from '../core/parse-route-set.ts'
export { type App, type AppOptions, createApp } from './create-app.ts'
export { packageRoot, packageVersion } from './package-root.ts'
export type { CompileSnapshot } from './refitter.ts'
export {
  DEFAULT_SET,
  type RouteSetSummary,
  type RouteSets,
  type RouteSetView,
  type WriteResult,
} from './route-sets.ts'
