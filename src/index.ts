import type { Encoder } from './contracts/index.ts'
import { parseRouteSet, Router } from './core/index.ts'
import { loadBuiltinEncoder } from './encoders/builtin/index.ts'

export * from './core/index.ts'
export { loadBuiltinEncoder } from './encoders/builtin/index.ts'

/** A route set as written in a route file, and the encoder to use. */
export interface CreateRouterOptions {
  /** Routes in any of the shapes that route files take. */
  readonly routes: readonly unknown[]
  /** Example queries that no route should take. */
  readonly outOfScope?: readonly string[]
  /** Confidence a route needs, 0..1 (default 0.5), or an error rate to keep to, which needs labelled data at `fit`. */
  readonly defaults?: { readonly threshold?: number; readonly maxErrorRate?: number }
  /** Default: the built-in encoder. */
  readonly encoder?: Encoder
}

/**
 * Checks and compiles a route set, with the built-in encoder unless another is given.
 * @throws StrataError `invalid_route_set` with every problem in `details`
 */
export async function createRouter({ encoder, ...routeSet }: CreateRouterOptions): Promise<Router> {
  const checked = parseRouteSet(routeSet)
  return Router.compile(checked, encoder ?? (await loadBuiltinEncoder()))
}
