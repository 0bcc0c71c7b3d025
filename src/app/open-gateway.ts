import { BudgetKeeper, type RateLimits, UsageBook } from '../access/index.ts'
import type { Config } from '../config/index.ts'
import type { Clock, Transport } from '../contracts/index.ts'
import { FairQueue } from '../execution/fair-queue.ts'
import { createIdSource, type QueueFigures } from '../observability/index.ts'
import type { UndiciTransportOptions } from '../providers/undici/undici-transport.ts'
import { Admission } from '../runtime/admission.ts'
import { attemptCalls } from '../runtime/attempt.ts'
import { continuedStreams } from '../runtime/continued-streams.ts'
import type { ModelBook } from '../runtime/model-book.ts'
import type { Routing } from '../runtime/routing.ts'
import { Runtime } from '../runtime/runtime.ts'
import type { Stores } from '../stores/index.ts'
import { afterDelay } from './after-delay.ts'
import { describeProviders } from './describe-providers.ts'
import { GatewayFigures } from './gateway-figures.ts'
import { countsTokens, openModels } from './open-models.ts'
import { openProvider } from './open-provider.ts'

/** What carries calls to models. */
export interface Gateway {
  readonly runtime: Runtime
  readonly models: ModelBook
  readonly budgets: BudgetKeeper
  readonly usage: UsageBook
  /** Writes what waits, and ends connections to providers once nothing is under way on them. */
  close(): Promise<void>
}

/** Told what may be worth a look. */
interface GatewayLogger {
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

interface GatewayOptions {
  readonly config: Config
  readonly routing: Routing
  readonly stores: Pick<Stores, 'budgets' | 'usage'>
  readonly limits: RateLimits
  readonly queues: QueueFigures
  /** Counts what calls come to; its own if not given. */
  readonly figures?: GatewayFigures
  /** Whether requests are traced. */
  readonly isTraced?: boolean
  readonly clock: Clock
  readonly logger: GatewayLogger
}

/** Days that usage is kept. */
const USAGE_DAYS = 400

/** Opens every provider that is configured; connects to none before it is called. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, routing, stores, limits, queues, clock, logger } = options
  const transports = new Map<string, Promise<Transport>>()
  const transport = (wanted: UndiciTransportOptions): Promise<Transport> => {
    const settings = { connections: config.execution.concurrency, ...wanted }
    const key = JSON.stringify(settings)
    const known = transports.get(key)
    if (known !== undefined) return known
    const opened = import('../providers/undici/undici-transport.ts').then(({ openUndiciTransport }) =>
      openUndiciTransport(settings),
    )
    transports.set(key, opened)
    return opened
  }
  const opening = { config, transport, nextId: createIdSource('gen'), now: clock.now }
  const models = await openModels({
    config,
    provider: (name, key) => openProvider(name, key, opening),
    onBreakerChange(provider, model, state) {
      logger.warn({ provider, model, state }, `the circuit breaker of ${provider}/${model} is ${state}`)
    },
  })
  const { figures = new GatewayFigures(clock) } = options
  figures.follow(models)
  const { tenants, execution } = config
  const failed = (what: string) => (error: unknown) => logger.error({ err: error }, what)
  const budgets = new BudgetKeeper({
    store: stores.budgets,
    clock,
    timer: afterDelay,
    tenants,
    routes: config.budgets.routes,
    whenAway: config.budgets.whenStoreFails,
    onFailure: failed('budgets cannot be kept: the database is away'),
  })
  const usage = new UsageBook({
    store: stores.usage,
    clock,
    timer: afterDelay,
    daysKept: USAGE_DAYS,
    onFailure: failed('usage cannot be written: the database is away'),
    onDropped(requests) {
      dropped.count += requests
    },
  })
  const dropped = queues.follow('usage', () => usage.bytes)
  const byName = new Map(models.all().map((model) => [model.name, model]))
  const attempt = attemptCalls({
    retry: { attempts: execution.retries + 1, baseMs: execution.retryBaseMs, capMs: execution.retryMaxMs },
    poolOf: ({ of }) => byName.get(of)?.pool,
    clock,
    timer: afterDelay,
    random: Math.random,
    onAttempt: (attempt) => figures.attempted(attempt),
    ...(options.isTraced ? { describeProvider: describeProviders(config) } : {}),
  })
  const runtime = new Runtime({
    models,
    routing,
    ...(config.defaultModel === undefined ? {} : { defaultModel: config.defaultModel }),
    sessionMargin: execution.sessionMargin,
    coalesces: execution.coalesce,
    attempt: execution.continueStreams ? continuedStreams(attempt) : attempt,
    admission: new Admission({
      limits,
      budgets,
      usage,
      tenants,
      routeBudgets: config.budgets.routes,
      countsTokens: countsTokens(config),
      onUsed: (deployment, tenant, used, cost) => figures.used(deployment, tenant, used, cost),
    }),
    queue: new FairQueue({
      slots: execution.concurrency,
      maxWaiting: execution.queueLength,
      // Where there are several, none may take all the places to wait.
      maxWaitingPerTenant:
        Object.keys(tenants).length > 1 ? Math.ceil(execution.queueLength / 2) : execution.queueLength,
      maxWaitMs: execution.queueTimeoutMs,
      clock,
      timer: afterDelay,
    }),
    clock,
    nextId: createIdSource('exe'),
    onCoalesced: () => figures.coalesced(),
  })
  return {
    runtime,
    models,
    budgets,
    usage,
    async close() {
      await budgets.close()
      await usage.close()
      for (const opened of transports.values()) await (await opened).close()
    },
  }
}
