import { dirname, join } from 'node:path'
import { AccessBook, type Identity, RateLimits } from '../access/index.ts'
import type { Config } from '../config/index.ts'
import { isLoopbackHost, parseRouteText, readRouteFile, readText, secretsOf } from '../config/index.ts'
import type {
  AsyncEncoder,
  Clock,
  Decision,
  Encoder,
  RouteOptions,
  RouteSet,
  RouteStore,
  Tracer,
} from '../contracts/index.ts'
import type { Router } from '../core/index.ts'
import type { LintProblem } from '../core/lint-routes.ts'
import { loadBuiltinEncoder } from '../encoders/builtin/index.ts'
import { isStrataError } from '../errors/index.ts'
import { createIdSource, createLogger, type Logger, Metrics } from '../observability/index.ts'
import { createRedactor } from '../redaction/redactor.ts'
import { openStores, type Stores } from '../stores/index.ts'
import { afterDelay } from './after-delay.ts'
import { CascadeBook } from './cascade-book.ts'
import type { DecisionLog } from './decision-log.ts'
import { withDemoModel } from './demo-model.ts'
import type { DriftWatch } from './drift-watch.ts'
import type { FeedbackBook } from './feedback-book.ts'
import { type FitCascade, fitCascadeInProcess } from './fit-cascade.ts'
import { fitInProcess } from './fit-in-process.ts'
import { FitQueue, type FitSnapshot } from './fit-queue.ts'
import { GatewayFigures } from './gateway-figures.ts'
import { makeDirectory } from './make-directory.ts'
import type { Gateway } from './open-gateway.ts'
import { openRecords, type Records } from './open-records.ts'
import { packageRoot, packageVersion } from './package-root.ts'
import { RouteSetLinter } from './route-set-linter.ts'
import { DEFAULT_SET, RouteSets } from './route-sets.ts'
import { RouterFactory } from './router-factory.ts'
import { appRouting } from './routing.ts'
import { loadSlowerEncoder } from './slower-encoder.ts'
import { SnapshotCache } from './snapshot-cache.ts'
import { warmUp } from './warm-up.ts'
import { type FileWatch, textHash, watchFile } from './watch-file.ts'

export interface AppOptions {
  readonly clock?: Clock
  readonly logger?: Logger
  /** Serve the demo set until something is stored under `default`. */
  readonly demo?: boolean
  /** What the route file says at first, from who watches it for several processes; read and watched here if not given. */
  readonly routeFile?: { readonly text: string; readonly version: number }
  /** How larger sets are fitted; in a process of their own unless a test says otherwise. */
  readonly fit?: FitSnapshot
  /** The encoder to ask where the built-in one is unsure, and how its cascades are fitted; by the settings if not given. */
  readonly slower?: { readonly encoder: AsyncEncoder; readonly fit: FitCascade }
}

/** Where a caller's key may be. */
export interface CredentialHeaders {
  readonly authorization?: string | undefined
  readonly 'x-api-key'?: string | string[] | undefined
}

export interface MadeDecision {
  /** Name of the route set; `default` where the caller named none. */
  readonly set: string | undefined
  /** What was decided; absent where a vector was. */
  readonly text?: string | undefined
  readonly decision: Decision
}

/** Everything that serves, put together; the only place that names adapters. */
export interface App {
  readonly config: Config
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  readonly encoder: Encoder
  readonly version: string
  /** Whether `default` is the demo set for as long as nothing is stored under that name. */
  readonly demo: boolean
  /** The recorded decisions. */
  readonly decisions: DecisionLog
  /** What people said would have been right. */
  readonly feedback: FeedbackBook
  /** Whether traffic still looks as it did after the fit. */
  readonly drift: DriftWatch
  /** The route sets: listing, reading and writing them. */
  readonly routes: RouteSets
  /** The router that decides for a set now (`default` if not named); throws `route_set_not_found`. */
  router(setName?: string): Router
  /**
   * The router that decides for one message, which for a share of them may be a canary's; throws `route_set_not_found`.
   * @param message the text; where there is none, anything that differs from request to request, such as its id
   */
  routerFor(setName: string | undefined, message: string): Router
  /** What asks a slower encoder for the messages that a router is unsure of; undefined where none is configured. */
  readonly cascades: CascadeBook | undefined
  /** Counts a decision, watches it for drift, and records it where it belongs to the sample; returns its id. */
  decided(made: MadeDecision): string
  /** Makes traces of requests; undefined where none are configured. */
  readonly tracer: Tracer | undefined
  /** Requests and tokens a minute, of keys and tenants. */
  readonly limits: RateLimits
  /** The API keys. */
  readonly access: AccessBook
  readonly stores: Pick<Stores, 'apiKeys' | 'audit'>
  /**
   * Who is asking.
   * @throws StrataError `invalid_api_key`
   */
  identify(headers: CredentialHeaders): Identity
  /** What carries calls to models, opened when it is first asked for. */
  gateway(): Promise<Gateway>
  /** Says what was answered, so that a shadow of the set decides the message too, after the answer. */
  answered(setName: string | undefined, text: string, options: RouteOptions, decision: Decision): void
  /** What will hurt in a set as it decides now, errors first; throws `route_set_not_found`. */
  lint(setName: string): Promise<readonly LintProblem[]>
  /** What readiness depends on; each `ok` or a sentence saying what is wrong. */
  check(): Promise<Readonly<Record<string, string>>>
  /** Has the code compiled that decides, by deciding the examples of `default` for up to 100 ms; counts nothing. */
  warmUp(): void
  /** Resolves when no write and no refit is under way. */
  idle(): Promise<void>
  /** Ends the refit under way, finishes writes, closes the database. */
  close(): Promise<void>
}

const EMPTY: RouteSet = { routes: [] }

const systemClock: Clock = { now: () => Date.now(), monotonicMs: () => performance.now() }

/**
 * Loads the encoder, opens the database and builds every router.
 * @throws StrataError `storage_failed`, `invalid_route_set`, `file_not_found`, each saying what to change
 */
export async function createApp(config: Config, options: AppOptions = {}): Promise<App> {
  const clock = options.clock ?? systemClock
  const logger = options.logger ?? createLogger(config.log.level, { secrets: secretsOf(config) })
  const encoder = await loadBuiltinEncoder()
  const slower = options.slower?.encoder ?? (await loadSlowerEncoder(config.encoder))
  const { file } = config.routes
  const given = options.routeFile
  // Before the routes are read, so that no change in between is missed.
  const seen = file === undefined || given ? '' : textHash(readText(file, 'route file'))
  const stores = await openDatabase(config, clock)
  const store = stores.routes
  const records: Records = await openRecords({
    stores,
    settings: config.decisions,
    clock,
    logger,
    has: (set) => routes.has(set),
    router: (set) => routes.router(set),
  }).catch(async (error: unknown) => {
    await stores.close()
    throw error
  })
  const { record } = config.decisions
  const snapshots = join(config.dataDir, 'snapshots')
  const queue = new FitQueue(options.fit ?? ((work, signal) => fitInProcess(work, signal, snapshots)))
  const cache = new SnapshotCache(snapshots, `${packageVersion} ${encoder.fingerprint}`, clock)
  const routes = await RouteSets.open({
    store,
    factory: new RouterFactory({
      encoder,
      cache,
      queue,
      logger,
      readFitInputs: (key) => store.fitInputs(key),
    }),
    queue,
    cache,
    logger,
    limits: config.limits,
    ...(record.sampleRate > 0 && record.text === 'full'
      ? { recordedText: createRedactor(record.redact) }
      : {}),
    feedbackRows: (set) => records.feedback.rows(set),
    readInitial: () => readInitial(file, options),
    ...(file === undefined ? {} : { file }),
    ...(given ? { fileVersion: given.version } : {}),
  }).catch(async (error: unknown) => {
    await queue.close()
    await records.close()
    await stores.close()
    throw error
  })
  const access = await AccessBook.open({
    store: stores.apiKeys,
    clock,
    timer: afterDelay,
    mode: config.auth.mode ?? 'keys',
    openWithoutKeys: isLoopbackHost(config.server.host),
    onFailure: (error) => logger.error({ err: error }, 'the API keys cannot be read; those known stay valid'),
  }).catch(async (error: unknown) => {
    await queue.close()
    await records.close()
    await stores.close()
    throw error
  })
  const limits = new RateLimits(config.tenants, clock)
  const metrics = new Metrics()
  metrics.include(routes.shadows.outcomes)
  metrics.include(records.queues)
  const gatewayFigures = new GatewayFigures(clock)
  metrics.include(gatewayFigures)
  metrics.include(records.drift)
  routes.onChange(({ name, version }) => {
    if (version === 0) records.forgetFeedback(name)
  })
  routes.onForget((name) => records.drift.forget(name))
  const { share, timeoutMs } = config.cascade
  const folder = join(config.dataDir, 'cascades')
  const cascades =
    slower &&
    new CascadeBook({
      fast: encoder,
      slow: slower,
      settings: config.encoder,
      share,
      timeoutMs,
      cache: new SnapshotCache(
        folder,
        `${packageVersion} ${encoder.fingerprint} ${slower.fingerprint} ${share}`,
        clock,
      ),
      folder,
      fit: options.slower?.fit ?? fitCascadeInProcess,
      clock,
      logger,
    })
  if (cascades) {
    metrics.include(cascades)
    cascades.prepare(routes.router())
  }
  const { traces: traceSettings } = config.telemetry
  const { endpoint } = traceSettings
  const traces =
    endpoint === undefined
      ? undefined
      : await (await import('./open-traces.ts')).openTraces(endpoint, {
          settings: traceSettings,
          queues: records.queues,
          clock,
          logger,
        })
  const nextDecisionId = createIdSource('dec')
  const decided = ({ set = DEFAULT_SET, text, decision }: MadeDecision): string => {
    const id = nextDecisionId()
    metrics.recordDecision(decision)
    records.drift.observe(set, decision)
    if (records.decisions.wants(id)) {
      const version = routes.versionOf(set, decision.snapshot)
      records.decisions.note({ id, routeSet: set, version, text, decision })
    }
    return id
  }
  let opened: Promise<Gateway> | undefined
  const gateway = (): Promise<Gateway> => {
    // Loaded when a model is first called for: a server that only decides has no need of it.
    if (opened) return opened
    opened = import('./open-gateway.ts').then(({ openGateway }) =>
      openGateway({
        stores,
        limits,
        queues: records.queues,
        figures: gatewayFigures,
        isTraced: traces !== undefined,
        logger,
        config: options.demo === true ? withDemoModel(config) : config,
        routing: appRouting({
          routes,
          cascades,
          textLimitBytes: config.server.textLimitBytes,
          decided: (set, text, decision) => decided({ set, text, decision }),
        }),
        clock,
      }),
    )
    // One that could not be opened is tried again by the next call.
    opened.catch(() => {
      opened = undefined
    })
    return opened
  }
  const linter = new RouteSetLinter()
  const watch = file === undefined || given ? undefined : followFile(file, seen, routes, logger)
  return {
    config,
    clock,
    logger,
    metrics,
    encoder,
    version: packageVersion,
    decisions: records.decisions,
    feedback: records.feedback,
    drift: records.drift,
    demo: options.demo === true && file === undefined,
    routes,
    router: (setName) => routes.router(setName),
    routerFor: (setName, message) => routes.routerFor(setName, message),
    cascades,
    decided,
    tracer: traces?.tracer,
    limits,
    access,
    stores,
    identify: (headers) => access.identify(credentialOf(headers)),
    gateway,
    answered: (setName, text, options, decision) => routes.answered(setName, text, options, decision),
    lint: (setName) => linter.lint(routes.router(setName)),
    check: () => check(store),
    warmUp() {
      const texts = warmUp(routes.router(), () => clock.monotonicMs())
      logger.debug({ texts }, 'warmed up')
    },
    async idle() {
      await routes.idle()
      await cascades?.idle()
    },
    async close() {
      watch?.close()
      await cascades?.close()
      await (await opened)?.close()
      await traces?.close()
      await linter.close()
      await queue.close()
      await routes.idle()
      await records.close()
      await access.close()
      await stores.close()
    },
  }
}

async function openDatabase({ database, limits }: Config, clock: Clock): Promise<Stores> {
  const address = database.primary as string
  if (address.startsWith('sqlite:') && address !== 'sqlite::memory:') {
    makeDirectory(dirname(address.slice('sqlite:'.length)))
  }
  return openStores(address, { clock, versionsKept: limits.versionsKept })
}

/** The key of a request: `Authorization: Bearer KEY`, or `x-api-key: KEY`. */
function credentialOf(headers: CredentialHeaders): string | undefined {
  const { authorization, 'x-api-key': key } = headers
  if (typeof key === 'string') return key
  return authorization !== undefined && /^bearer /i.test(authorization)
    ? authorization.slice(7).trim()
    : undefined
}

function readInitial(file: string | undefined, { routeFile, demo }: AppOptions): RouteSet {
  if (file !== undefined) return routeFile ? parseRouteText(routeFile.text, file) : readRouteFile(file)
  return demo ? readRouteFile(join(packageRoot, 'examples', 'support-desk.routes.yaml')) : EMPTY
}

function followFile(file: string, seen: string, routes: RouteSets, logger: Logger): FileWatch {
  const changed = async (text: string) => {
    try {
      const routeSet = parseRouteText(text, file)
      await routes.replaceFromFile(routeSet)
      logger.info({ file, routes: routeSet.routes.length }, 'the route file has changed; its routes are live')
    } catch (error) {
      const details = isStrataError(error) ? error.details : []
      logger.error({ file, err: error, details }, 'the route file was refused; the routes before serve on')
    }
  }
  return watchFile(file, seen, (text) => void changed(text), logger)
}

async function check(store: RouteStore): Promise<Readonly<Record<string, string>>> {
  const outcome = await store.check().then(
    () => 'ok',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  return { store: outcome }
}
