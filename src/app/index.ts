export { parseRoute, parseRouteSet } from '../core/parse-route-set.ts'
export { type App, type AppOptions, createApp } from './create-app.ts'
export type { FitRequest } from './route-set-versions.ts'
export { DEFAULT_SET, type RouteSetView } from './route-sets.ts'
