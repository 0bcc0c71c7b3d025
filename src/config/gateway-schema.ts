import { z } from 'zod'
import { describe } from './describe.ts'

/** Names that appear in paths, headers and metric labels. */
const NAME = /^[A-Za-z0-9._:/-]{1,128}$/
const name = z
  .string()
  .regex(NAME, 'expected a name of letters, digits and . _ : / - of at most 128 characters')

const milliseconds = z.int().min(1).max(3_600_000)
const perMinute = z.int().min(1).max(1_000_000_000)
const usd = z.number().gt(0).max(1_000_000_000)
const perMillion = z.number().min(0).max(1_000_000)
const address = z.url({ protocol: /^https?$/, error: 'expected an address such as https://api.example/v1' })

export const PROVIDER_TYPES = [
  'openai',
  'anthropic',
  'google',
  'openai-compatible',
  'static',
  'webhook',
  'demo',
] as const

const timeoutFields = {
  connectMs: describe(milliseconds.exactOptional(), {
    description: 'Until there is a connection to the provider. Default 5000.',
  }),
  firstByteMs: describe(milliseconds.exactOptional(), {
    description:
      'Until the answer begins. Without streaming a provider begins when it has finished, so this is the time for all of it. Default 300000.',
  }),
  betweenEventsMs: describe(milliseconds.exactOptional(), {
    description:
      'Between two pieces of a streamed answer, of the provider and of a caller that takes them. Default 60000.',
  }),
  totalMs: describe(milliseconds.exactOptional(), {
    description: 'From the call to the end of the answer. Default 600000.',
  }),
}

const timeouts = z.strictObject(timeoutFields)

const tokenPrice = {
  inputPerMillion: describe(perMillion, { description: 'USD for a million tokens read.' }),
  cachedInputPerMillion: describe(perMillion.exactOptional(), {
    description: 'USD for a million tokens read from the provider’s cache. Default: as `inputPerMillion`.',
  }),
  cacheWritePerMillion: describe(perMillion.exactOptional(), {
    description: 'USD for a million tokens written to the provider’s cache. Default: as `inputPerMillion`.',
  }),
  longCacheWritePerMillion: describe(perMillion.exactOptional(), {
    description: 'USD for a million tokens written to it for longer. Default: as other writes.',
  }),
  outputPerMillion: describe(perMillion, { description: 'USD for a million tokens written.' }),
  reasoningPerMillion: describe(perMillion.exactOptional(), {
    description: 'USD for a million tokens of reasoning. Default: as `outputPerMillion`.',
  }),
}

const price = z.strictObject({
  ...tokenPrice,
  longContext: describe(
    z
      .strictObject({
        aboveTokens: describe(z.int().min(1), {
          description: 'Tokens read above which it applies to all of the call.',
        }),
        ...tokenPrice,
      })
      .exactOptional(),
    { description: 'What a call with a long input costs instead.' },
  ),
})

const provider = z.strictObject({
  type: describe(z.enum(PROVIDER_TYPES).exactOptional(), {
    description:
      'What it speaks. `openai-compatible`: any service with `/chat/completions`, such as vLLM, Ollama, Azure, Groq, Mistral; `static`: a fixed answer; `webhook`: your own service; `demo`: an offline stand-in that says it is one. Default: the name of the entry, where that is one of these.',
  }),
  apiKey: describe(z.string().min(1).exactOptional(), {
    description:
      'The key, usually `env:NAME` or `file:/path`. Unset: `OPENAI_API_KEY`, `ANTHROPIC_API_KEY` or `GEMINI_API_KEY` by type.',
    secret: true,
  }),
  baseUrl: describe(address.exactOptional(), {
    description:
      'Where the service is, its version included, such as `http://127.0.0.1:11434/v1`. Needed for `openai-compatible`.',
  }),
  headers: describe(z.record(z.string(), z.string()).exactOptional(), {
    description: 'Further headers of every call.',
    secret: true,
  }),
  query: describe(z.record(z.string(), z.string()).exactOptional(), {
    description: 'Added to the address of every call, such as `api-version` of Azure.',
    secret: true,
  }),
  authHeader: describe(z.string().min(1).exactOptional(), {
    description:
      'Header that carries the key alone, such as `api-key` of Azure. Default: what the type asks for.',
  }),
  protocols: describe(
    z
      .array(z.enum(['openai-chat', 'openai-responses']))
      .min(1)
      .exactOptional(),
    {
      description:
        'Of `openai-compatible`: the interfaces that it has; calls of others are translated. Default: `openai-chat`.',
    },
  ),
  text: describe(z.string().exactOptional(), {
    description:
      'Of `static`: the answer; `{{text}}`, `{{route}}` and `{{model}}` stand for the last message, the route and the model.',
  }),
  url: describe(address.exactOptional(), { description: 'Of `webhook`: where the call is posted.' }),
  allowPrivate: describe(z.boolean().exactOptional(), {
    description: 'Of `webhook`: whether the address may be on a private network or this machine.',
  }),
  timeouts: describe(timeouts.exactOptional(), {
    description: 'Of this provider, instead of the general `timeouts`.',
  }),
})

const deployment = z.strictObject({
  provider: describe(name, { description: 'Name of an entry of `providers`.' }),
  model: describe(z.string().min(1).exactOptional(), {
    description: 'As the provider names it. Default: the one of the model.',
  }),
  key: describe(z.string().min(1).exactOptional(), {
    description: 'A key of its own instead of the provider’s.',
    secret: true,
  }),
  weight: describe(z.number().gt(0).max(1_000_000).exactOptional(), {
    description: 'Share of the calls, in proportion to the others. Default 1.',
  }),
  requestsPerMinute: describe(perMinute.exactOptional(), { description: 'Calls that it takes in a minute.' }),
  tokensPerMinute: describe(perMinute.exactOptional(), { description: 'Tokens that it takes in a minute.' }),
})

const model = z.strictObject({
  provider: describe(name.exactOptional(), {
    description: 'Name of an entry of `providers`; or give `deployments`.',
  }),
  model: describe(z.string().min(1).exactOptional(), {
    description: 'As the provider names it. Default: the name of the entry.',
  }),
  deployments: describe(z.array(deployment).min(1).max(100).exactOptional(), {
    description: 'Several places that have the model; calls are spread over them.',
  }),
  balance: describe(z.enum(['weight', 'least-in-flight']).exactOptional(), {
    description: 'How calls are spread over the deployments. Default `weight`.',
  }),
  fallbacks: describe(z.array(name).max(20).exactOptional(), {
    description: 'Models that are asked, in order, where this one does not answer.',
  }),
  price: describe(price.exactOptional(), {
    description: 'What its tokens cost, instead of the price list that is shipped.',
  }),
})

const budgets = z.strictObject({
  dailyUsd: describe(usd.exactOptional(), { description: 'USD a day (UTC).' }),
  monthlyUsd: describe(usd.exactOptional(), { description: 'USD a calendar month (UTC).' }),
})

const tenant = z.strictObject({
  requestsPerMinute: describe(perMinute.exactOptional(), {
    description: 'Requests a minute, over all its keys.',
  }),
  tokensPerMinute: describe(perMinute.exactOptional(), {
    description: 'Tokens a minute, over all its keys.',
  }),
  maxConcurrent: describe(z.int().min(1).max(1_000_000).exactOptional(), {
    description: 'Executions under way at once; further ones wait their turn.',
  }),
  weight: describe(z.number().gt(0).max(1000).exactOptional(), {
    description:
      'Share of the executions where there are more than `execution.concurrency` allows. Default 1.',
  }),
  budgets: describe(budgets.exactOptional(), { description: 'What it may spend.' }),
})

/** What carries a decision to an answer; joined into the one schema. */
export const gatewaySchema = {
  providers: describe(z.record(name, provider).default({}), {
    description: 'Services that answer, by name.',
  }),
  models: describe(z.record(name, model).default({}), {
    description: 'Models by the names that callers and routes use.',
  }),
  defaultModel: describe(name.exactOptional(), {
    description: 'The model of `auto` where no route matches, or the route names none.',
  }),
  timeouts: z
    .strictObject({
      connectMs: describe(milliseconds.default(5000), {
        description: 'Until there is a connection to a provider.',
      }),
      firstByteMs: describe(milliseconds.default(300_000), {
        description:
          'Until an answer begins. Without streaming a provider begins when it has finished, so this is the time for all of it.',
      }),
      betweenEventsMs: describe(milliseconds.default(60_000), {
        description:
          'Between two pieces of a streamed answer: until the provider sends one, and until the caller takes one.',
      }),
      totalMs: describe(milliseconds.default(600_000), {
        description: 'From a call to the end of its answer; of each attempt.',
      }),
    })
    .prefault({}),
  execution: z
    .strictObject({
      retries: describe(z.int().min(0).max(10).default(2), {
        description: 'How often a call is made again where that may help, before the next model is asked.',
      }),
      retryBaseMs: describe(milliseconds.default(250), {
        description:
          'Longest wait before the first repetition; doubled for each further one. The wait is drawn at random below it.',
      }),
      retryMaxMs: describe(milliseconds.default(8000), {
        description:
          'Longest wait before a repetition; a provider that asks for a longer one is left for the next model.',
      }),
      retryBudget: describe(z.number().min(0).max(1).default(0.2), {
        description:
          'Repetitions in proportion to calls, so that a provider that is failing is not asked all the more.',
      }),
      breakerFailures: describe(z.number().gt(0).max(1).default(0.5), {
        description:
          'Share of failed calls in the last `execution.breakerWindowMs` at which a provider is left alone.',
      }),
      breakerMinimumCalls: describe(z.int().min(1).max(100_000).default(10), {
        description: 'Calls in that time below which it is not.',
      }),
      breakerWindowMs: describe(milliseconds.default(30_000), {
        description: 'How far back failures count.',
      }),
      breakerOpenMs: describe(milliseconds.default(15_000), {
        description: 'How long a provider is left alone before it is tried again.',
      }),
      cooldownMs: describe(milliseconds.default(10_000), {
        description:
          'How long a deployment is left alone that takes no more calls (429) and does not say for how long.',
      }),
      concurrency: describe(z.int().min(1).max(100_000).default(1024), {
        description: 'Executions under way at once; further ones wait, each tenant’s in turn.',
      }),
      queueLength: describe(z.int().min(0).max(1_000_000).default(4096), {
        description: 'Executions that may wait; further ones get 503 `overloaded`.',
      }),
      queueTimeoutMs: describe(milliseconds.default(30_000), {
        description: 'How long an execution may wait for its turn; then 503 `overloaded`.',
      }),
      coalesce: describe(z.boolean().default(true), {
        description:
          'Whether equal requests of a tenant at the same time share one call, streams too. Those with a `temperature` above 0, or `Cache-Control: no-store` or `no-cache`, never do.',
      }),
      continueStreams: describe(z.boolean().default(false), {
        description:
          'Whether a stream that breaks off after its beginning is continued by the next model of the chain, which is given the part that came. The two parts are then by different models.',
      }),
      sessionMargin: describe(z.number().min(0).max(1).default(0.2), {
        description:
          'A session stays with its model unless another route is surer of its message by so much confidence.',
      }),
    })
    .prefault({}),
  tenants: describe(z.record(name, tenant).default({}), {
    description: 'Limits and budgets of tenants, by the names that keys carry.',
  }),
  budgets: z
    .strictObject({
      routes: describe(z.record(name, budgets).default({}), {
        description: 'What may be spent on each route, over all tenants.',
      }),
      whenStoreFails: describe(z.enum(['refuse', 'allow']).default('refuse'), {
        description:
          'What becomes of calls with a budget while the database is away: refused with 503 `storage_failed`, or made and counted later.',
      }),
    })
    .prefault({}),
}
