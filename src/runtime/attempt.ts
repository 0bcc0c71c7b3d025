import type { CallOptions, Clock, ModelCall, ProviderAnswer, Span, Timer } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import { type Attempt, recordAttempts } from '../execution/attempt-log.ts'
import { balanced } from '../execution/balanced.ts'
import { circuitBreaker } from '../execution/circuit-breaker.ts'
import { type FailoverRequest, failover } from '../execution/failover.ts'
import { compose, type Layer, type Operation } from '../execution/layer.ts'
import { type RetryPolicy, retry } from '../execution/retry.ts'
import { timeouts } from '../execution/timeouts.ts'
import type { StreamAccess } from '../execution/watched-stream.ts'
import { estimateTokens } from '../pricing/estimate-tokens.ts'
import type { Random } from '../util/random.ts'
import { AttemptSpan, type DescribeProvider } from './attempt-span.ts'
import type { Deployment, Model } from './model-book.ts'
import type { Purpose } from './purpose.ts'

/** A call on its way to a model; `target` is the deployment that is asked, or would be first. */
export interface AttemptRequest extends FailoverRequest<Deployment> {
  readonly call: ModelCall
  readonly purpose: Purpose
  readonly options: Omit<CallOptions, 'signal'>
  /** Tokens that it may use, by estimate. */
  readonly tokens: number
  /** Adds up the time that was spent waiting for providers. */
  readonly waits: { externalMs: number }
  /** Of the request, where it is traced. */
  readonly span?: Span | undefined
  /** Of this call. */
  readonly attemptSpan?: AttemptSpan
}

interface AttemptPolicies {
  readonly retry: RetryPolicy
  /** Chooses among the deployments of a model that has several, or limits. */
  readonly poolOf: (deployment: Deployment) => Model['pool']
  readonly clock: Clock
  readonly timer: Timer
  readonly random: Random
  /** Called once each attempt is over, of a stream at its end. */
  readonly onAttempt: (attempt: Attempt<Deployment>) => void
  /** What traces say of providers; absent where there are none. */
  readonly describeProvider?: DescribeProvider | undefined
}

/** How the layers reach the events of a streamed answer. */
export const answerStreams: StreamAccess<ProviderAnswer, string> = {
  events: (answer) => (answer.kind === 'stream' ? answer.events : undefined),
  replace: (answer, events) => (answer.kind === 'stream' ? { ...answer, events } : answer),
}

const nameOf = ({ target }: AttemptRequest): string => `${target.provider.name}/${target.model}`

/** Has a call answered: each model of the chain in turn, with everything that makes that last. */
export function attemptCalls({
  retry: retryPolicy,
  poolOf: poolOfDeployment,
  clock,
  timer,
  random,
  onAttempt,
  describeProvider,
}: AttemptPolicies): Operation<AttemptRequest, ProviderAnswer> {
  const streams = answerStreams
  const poolOf = ({ target }: AttemptRequest) => poolOfDeployment(target)
  return compose<AttemptRequest, ProviderAnswer>(
    (request) => callProvider(request, clock),
    failover<AttemptRequest, ProviderAnswer>({
      nameOf: ({ provider, model }) => `${provider.name}/${model}`,
      clock,
    }),
    retry({
      policyOf: () => retryPolicy,
      budgetOf: ({ target }) => target.retryBudget,
      clock,
      timer,
      random,
    }),
    balanced({
      poolOf,
      nameOf: ({ target }) => target.of,
      tokensOf: ({ tokens }) => tokens,
      withDeployment: (request, target) => ({ ...request, target }),
      usedTokensOf: tokensUsed,
      streams,
      clock,
    }),
    ...(describeProvider === undefined ? [] : [traceAttempts]),
    recordAttempts<AttemptRequest, ProviderAnswer>({
      streams,
      clock,
      onEnd(attempt, { attemptSpan, purpose }) {
        onAttempt(attempt)
        if (describeProvider !== undefined) attemptSpan?.end(attempt, purpose, describeProvider)
      },
    }),
    circuitBreaker({ breakerOf: ({ target }) => target.breaker, nameOf, streams, clock }),
    timeouts({ limitsOf: ({ target }) => target.timeouts, streams, clock, timer }),
  )
}

/** Gives each call of a request that is traced a span of its own; it ends with the attempt. */
const traceAttempts: Layer<AttemptRequest, ProviderAnswer> = (request, next) =>
  request.span === undefined
    ? next(request)
    : next({ ...request, attemptSpan: new AttemptSpan(request.span) })

async function callProvider(
  { target, call, purpose, options, signal, waits, attemptSpan }: AttemptRequest,
  clock: Clock,
): Promise<ProviderAnswer> {
  const startMs = clock.monotonicMs()
  try {
    if (attemptSpan === undefined) return await ask(target, call, purpose, { ...options, signal })
    const { headers } = attemptSpan
    return attemptSpan.watch(await ask(target, call, purpose, { ...options, signal, traceHeaders: headers }))
  } finally {
    waits.externalMs += clock.monotonicMs() - startMs
  }
}

function ask(
  { provider, model }: Deployment,
  call: ModelCall,
  purpose: Purpose,
  options: CallOptions,
): Promise<ProviderAnswer> {
  if (purpose === 'answer') return provider.call(call, model, options)
  if (purpose === 'embed') {
    if (provider.embed) return provider.embed(call.body, model, options)
    throw new StrataError(
      'untranslatable',
      `The provider ${provider.name} makes no embeddings; name another model.`,
    )
  }
  if (provider.countTokens) return provider.countTokens(call, model, options)
  return Promise.resolve({ kind: 'whole', text: JSON.stringify({ input_tokens: estimateTokens(call.body) }) })
}

function tokensUsed(answer: ProviderAnswer): number | undefined {
  const usage = answer.kind === 'stream' ? answer.usage() : answer.usage
  return usage && usage.inputTokens + usage.outputTokens
}
