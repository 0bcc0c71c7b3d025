import { ANYONE, type Identity, RateLimits } from '../access/index.ts'
import { type Gateway, openGateway } from '../app/open-gateway.ts'
import { type Config, checkGatewaySettings } from '../config/index.ts'
import type { ChatAnswer, Clock, JsonObject, RouteSet, UsageQuery, UsageRow } from '../contracts/index.ts'
import { parseRouteSet, Router } from '../core/index.ts'
import { loadBuiltinEncoder } from '../encoders/builtin/index.ts'
import { StrataError } from '../errors/index.ts'
import { QueueFigures } from '../observability/index.ts'
import { reportOf } from '../runtime/execution-report.ts'
import type { Execution } from '../runtime/runtime.ts'
import { MemoryBudgetStore } from '../stores/memory/memory-budget-store.ts'
import { MemoryUsageStore } from '../stores/memory/memory-usage-store.ts'
import { AnswerStream } from './answer-stream.ts'
import { chatRequest } from './chat-request.ts'
import type { ExecuteOptions, ExecutionHead, ExecutionResult, ExecutionStream } from './execution-types.ts'
import { routerRouting } from './router-routing.ts'
import type { RuntimeLogger, RuntimeOptions } from './runtime-options.ts'

const clock: Clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
const SILENT: RuntimeLogger = { warn() {}, error() {} }

/** A runtime with its providers open. */
export class OpenRuntime {
  readonly #gateway: Gateway

  constructor(gateway: Gateway) {
    this.#gateway = gateway
  }

  async answer(options: ExecuteOptions): Promise<ExecutionResult> {
    const startMs = clock.monotonicMs()
    const execution = await this.#execute(options, false)
    const { answer, externalMs } = execution
    if (answer.kind !== 'whole') throw new Error('an answer that was not to be streamed was streamed')
    const latencyMs = clock.monotonicMs() - startMs
    return resultOf(execution, JSON.parse(answer.text) as ChatAnswer, {
      latencyMs,
      overheadMs: Math.max(0, latencyMs - externalMs),
    })
  }

  async stream(options: ExecuteOptions): Promise<ExecutionStream> {
    const startMs = clock.monotonicMs()
    const execution = await this.#execute(options, true)
    const { answer, externalMs } = execution
    if (answer.kind !== 'stream') throw new Error('an answer that was to be streamed came whole')
    const overheadMs = Math.max(0, clock.monotonicMs() - startMs - externalMs)
    return new AnswerStream(headOf(execution), answer.events, (chat) =>
      resultOf(execution, chat, { latencyMs: clock.monotonicMs() - startMs, overheadMs }),
    )
  }

  usage(query: UsageQuery): Promise<readonly UsageRow[]> {
    return this.#gateway.usage.query(query)
  }

  close(): Promise<void> {
    return this.#gateway.close()
  }

  #execute(options: ExecuteOptions, stream: boolean): Promise<Execution> {
    const { model = 'auto', session, tenant, signal = new AbortController().signal } = options
    const body: JsonObject = { ...chatRequest(options, stream), model }
    signal.throwIfAborted()
    return this.#gateway.runtime.execute({
      call: { protocol: 'canonical', body, stream },
      model,
      ...(session === undefined ? {} : { session }),
      identity: identityOf(tenant),
      signal,
    })
  }
}

const identityOf = (tenant: string | undefined): Identity =>
  tenant === undefined ? ANYONE : { ...ANYONE, tenant }

function headOf({ id, decision, route, deployment, isCoalesced }: Execution): ExecutionHead {
  return {
    executionId: id,
    decision: decision ?? null,
    route: route ?? null,
    model: deployment.of,
    provider: deployment.provider.name,
    cache: { status: isCoalesced ? 'coalesced' : 'bypass' },
  }
}

function resultOf(
  execution: Execution,
  { content, finish }: ChatAnswer,
  times: Pick<ExecutionResult, 'latencyMs' | 'overheadMs'>,
): ExecutionResult {
  return {
    ...headOf(execution),
    response: content.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join(''),
    toolCalls: content.filter((part) => part.kind === 'tool-call'),
    content,
    finish,
    ...reportOf(execution),
    ...times,
  }
}

/** What a runtime is opened with. */
interface Checked extends Pick<RuntimeOptions, 'router' | 'stores' | 'logger'> {
  readonly config: Config
  readonly routeSet?: RouteSet
}

function checked(options: RuntimeOptions): Checked {
  const { routes, router, stores, logger, ...settings } = options
  if (routes !== undefined && router !== undefined) {
    throw new StrataError(
      'invalid_configuration',
      'Expected either `routes` or `router`, got both; a router has its routes inside.',
    )
  }
  const place = { environment: process.env, workingDirectory: process.cwd() }
  return {
    config: checkGatewaySettings({ ...settings }, place),
    ...(routes === undefined ? {} : { routeSet: parseRouteSet({ routes }) }),
    ...(router === undefined ? {} : { router }),
    ...(stores === undefined ? {} : { stores }),
    ...(logger === undefined ? {} : { logger }),
  }
}

/** The readers of files are loaded only where there is one to read. */
async function configured(): Promise<Checked> {
  const { readConfiguration } = await import('./read-configuration.ts')
  return readConfiguration()
}

/**
 * Checks the options, compiles the routes and opens the providers; connects to none before it is called.
 * @param options default: what the configuration file and the environment say
 * @throws StrataError `invalid_configuration`, `invalid_route_set`, `file_not_found`
 */
export async function openRuntime(options: RuntimeOptions | undefined): Promise<OpenRuntime> {
  const {
    config,
    routeSet,
    router,
    stores,
    logger = SILENT,
  } = options ? checked(options) : await configured()
  const compile = async (set: RouteSet) => Router.compile(set, await loadBuiltinEncoder())
  const gateway = await openGateway({
    config,
    routing: routerRouting(router ?? (routeSet && (await compile(routeSet))), () => compile({ routes: [] })),
    stores: stores ?? { budgets: new MemoryBudgetStore(), usage: new MemoryUsageStore() },
    limits: new RateLimits(config.tenants, clock),
    queues: new QueueFigures(),
    isTraced: false,
    clock,
    logger,
  })
  return new OpenRuntime(gateway)
}
