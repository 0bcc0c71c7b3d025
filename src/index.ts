import type { AsyncEncoder, Encoder } from './contracts/index.ts'
import { AsyncRouter, Router as CoreRouter, parseRouteSet } from './core/index.ts'
import { builtinEncoder, loadBuiltinEncoder } from './encoders/builtin/index.ts'

export * from './core/index.ts'
export { builtinEncoder, loadBuiltinEncoder } from './encoders/builtin/index.ts'

/** The router of `stratarouter/core` with the built-in encoder at hand. */
export class Router extends CoreRouter {
  /**
   * A router from what `save` returned; it decides the same, bit for bit.
   * @param encoder default: the built-in one
   * @throws StrataError `invalid_snapshot`, or `encoder_mismatch` when another encoder made it
   */
  static override load(bytes: Uint8Array, encoder: Encoder = builtinEncoder()): Router {
    return CoreRouter.load(bytes, encoder)
  }

  /** True for every router, whichever entry of the package made it. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof CoreRouter
  }
}

/** A route set as written in a route file, and the encoder to use. */
export interface CreateRouterOptions {
  /** Version of the route file format; only 1 exists. */
  readonly version?: 1
  /** Routes in any of the shapes that route files take. */
  readonly routes: readonly unknown[]
  /** Example queries that no route should take. */
  readonly outOfScope?: readonly string[]
  /** Confidence a route needs, 0..1 (default 0.5), or an error rate to keep to, which needs labelled data at `fit`. */
  readonly defaults?: { readonly threshold?: number; readonly maxErrorRate?: number }
  /** Default: the built-in encoder. With one that has to be waited for, only the calls that end in `Async` work. */
  readonly encoder?: Encoder | AsyncEncoder
}

/**
 * Checks and compiles a route set, with the built-in encoder unless another is given.
 * @throws StrataError `invalid_route_set` with every problem in `details`
 */
export function createRouter(
  options: CreateRouterOptions & { readonly encoder: AsyncEncoder },
): Promise<AsyncRouter>
export function createRouter(options: CreateRouterOptions & { readonly encoder?: Encoder }): Promise<Router>
export function createRouter(options: CreateRouterOptions): Promise<Router>
export async function createRouter({ encoder, ...routeSet }: CreateRouterOptions): Promise<Router> {
  const checked = parseRouteSet(routeSet)
  if (encoder && 'encodeMany' in encoder) return AsyncRouter.compileAsync(checked, encoder)
  return CoreRouter.compile(checked, encoder ?? (await loadBuiltinEncoder()))
}
