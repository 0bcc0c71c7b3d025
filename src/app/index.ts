export { lintErrorRate } from '../core/linting/lint-error-rate.ts'
export { parseRoute, parseRouteSet } from '../core/parse-route-set.ts'
export { countSeen } from './count-seen.ts'
export {
  type App,
  type AppOptions,
  type CredentialHeaders,
  createApp,
  type MadeDecision,
} from './create-app.ts'
export { EvaluationQueue } from './evaluation-queue.ts'
export { labelledRows } from './labelled-rows.ts'
export type { FitRequest } from './route-set-versions.ts'
export { DEFAULT_SET, type RouteSetView } from './route-sets.ts'
