// What runs anywhere; bundlers for browsers take it for the whole package.
import type { AsyncEncoder, Encoder } from './contracts/index.ts'
import {
  type Asking,
  type AskRule,
  AsyncRouter,
  Cascade,
  Router as CoreRouter,
  parseRouteSet,
} from './core/index.ts'
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
/**
 * Checks and compiles a route set, with the built-in encoder unless another is given; with one that has to be waited for
 * it is an `AsyncRouter`.
 * @throws StrataError `invalid_route_set` with every problem in `details`
 */
export function createRouter(options: CreateRouterOptions): Promise<Router>
export async function createRouter({ encoder, ...routeSet }: CreateRouterOptions): Promise<Router> {
  const checked = parseRouteSet(routeSet)
  if (encoder && 'encodeMany' in encoder) return AsyncRouter.compileAsync(checked, encoder)
  return CoreRouter.compile(checked, encoder ?? (await loadBuiltinEncoder()))
}

/** A route set as written in a route file, and the two encoders of a cascade. */
export interface CreateCascadeOptions extends Omit<CreateRouterOptions, 'encoder'> {
  /** Answers what it is sure of. Default: the built-in encoder. */
  readonly fast?: Encoder
  /** Asked for the rest, such as `loadOnnxEncoder` or `openAiEncoder` make. */
  readonly slow: AsyncEncoder
  /** For which queries the slower encoder is asked. Default: `{ share: 0.2 }`, the least sure fifth. */
  readonly ask?: AskRule
  /** How long one asking may take, in milliseconds, before the faster encoder decides alone. Default 2000. */
  readonly timeoutMs?: number
  /** Told of each asking: what came of it and how long it took. */
  readonly onAsk?: (asking: Asking) => void
}

const DEFAULT_TIMEOUT_MS = 2000

/**
 * Checks and fits a route set for two encoders: the faster one answers what it is sure of, the slower one is asked for
 * the rest. The texts of the set are encoded by both, which with a remote encoder takes as long as that takes.
 * @throws StrataError `invalid_route_set` with every problem in `details`, `encoder_failed`
 */
export async function createCascade({
  fast,
  slow,
  ask,
  timeoutMs = DEFAULT_TIMEOUT_MS,
  onAsk,
  ...routeSet
}: CreateCascadeOptions): Promise<Cascade> {
  return Cascade.compile(parseRouteSet(routeSet), {
    fast: fast ?? (await loadBuiltinEncoder()),
    slow,
    ...(ask ? { ask } : {}),
    limit: () => AbortSignal.timeout(timeoutMs),
    ...(onAsk ? { onAsk } : {}),
  })
}
