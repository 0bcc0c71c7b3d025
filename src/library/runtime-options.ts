import type {
  BudgetLimits,
  BudgetStore,
  Decision,
  EncodeOptions,
  RouteOptions,
  RouteSet,
  TenantSettings,
  UsageStore,
} from '../contracts/index.ts'

/** What a provider speaks. Where a provider is called like one of these, that is its type. */
export type ProviderType =
  | 'openai'
  | 'anthropic'
  | 'google'
  | 'openai-compatible'
  | 'static'
  | 'webhook'
  | 'demo'

/** How long to wait for a provider, in milliseconds, 1..3,600,000. */
export interface ProviderTimeouts {
  /** Until there is a connection. Default 5000. */
  readonly connectMs?: number
  /** Until the answer begins; without streaming that is the time for all of it. Default 300,000. */
  readonly firstByteMs?: number
  /** Between two pieces of a streamed answer. Default 60,000. */
  readonly betweenEventsMs?: number
  /** From the call to the end of the answer. Default 600,000. */
  readonly totalMs?: number
}

/** A service that answers for models. */
export interface ProviderSettings {
  /** Default: the name of the provider, where that is a type. */
  readonly type?: ProviderType
  /** The key, or `env:NAME` or `file:/path`. Default: `OPENAI_API_KEY`, `ANTHROPIC_API_KEY` or `GEMINI_API_KEY` by type. */
  readonly apiKey?: string
  /** Where the service is, its version included, such as `http://127.0.0.1:11434/v1`. Needed for `openai-compatible`. */
  readonly baseUrl?: string
  /** Further headers of every call. */
  readonly headers?: Readonly<Record<string, string>>
  /** Added to the address of every call, such as `api-version` of Azure. */
  readonly query?: Readonly<Record<string, string>>
  /** Header that carries the key alone, such as `api-key` of Azure. Default: what the type asks for. */
  readonly authHeader?: string
  /** Of `openai-compatible`: the interfaces that it has. Default: `openai-chat`. */
  readonly protocols?: readonly ('openai-chat' | 'openai-responses')[]
  /** Of `static`: the answer; `{{text}}`, `{{route}}` and `{{model}}` stand for the last message, the route and the model. */
  readonly text?: string
  /** Of `webhook`: where the call is posted. */
  readonly url?: string
  /** Of `webhook`: whether the address may be on a private network or this machine. Default false. */
  readonly allowPrivate?: boolean
  /** Of this provider, instead of the general ones. */
  readonly timeouts?: ProviderTimeouts
}

/** What tokens cost, in US dollars a million. */
export interface TokenPriceSettings {
  /** Tokens read. */
  readonly inputPerMillion: number
  /** Read from the provider's cache. Default: as input. */
  readonly cachedInputPerMillion?: number
  /** Written to the provider's cache. Default: as input. */
  readonly cacheWritePerMillion?: number
  /** Default: as other writes. */
  readonly longCacheWritePerMillion?: number
  /** Tokens written. */
  readonly outputPerMillion: number
  /** Of reasoning. Default: as output. */
  readonly reasoningPerMillion?: number
}

/** What the tokens of a model cost. */
export interface PriceSettings extends TokenPriceSettings {
  /** What a call costs instead whose input is longer than `aboveTokens`. */
  readonly longContext?: TokenPriceSettings & { readonly aboveTokens: number }
}

/** One of several places that have a model. */
export interface DeploymentSettings {
  /** Name of a provider. */
  readonly provider: string
  /** As the provider names it. Default: the one of the model. */
  readonly model?: string
  /** A key of its own instead of the provider's. */
  readonly key?: string
  /** Share of the calls, in proportion to the others, above 0. Default 1. */
  readonly weight?: number
  /** Calls that it takes in a minute. */
  readonly requestsPerMinute?: number
  /** Tokens that it takes in a minute. */
  readonly tokensPerMinute?: number
}

/** A model by the name that calls and routes use; with a `provider` or with `deployments`. */
export interface ModelSettings {
  /** Name of a provider. */
  readonly provider?: string
  /** As the provider names it. Default: the name here. */
  readonly model?: string
  /** Several places that have it; calls are spread over them. */
  readonly deployments?: readonly DeploymentSettings[]
  /** How calls are spread. Default `weight`. */
  readonly balance?: 'weight' | 'least-in-flight'
  /** Models that are asked, in order, where this one does not answer. */
  readonly fallbacks?: readonly string[]
  /** Default: what the price list that is shipped says; a model without a price is told apart, never free. */
  readonly price?: PriceSettings
}

/** What is done so that calls are answered although something fails. Times are in milliseconds. */
export interface ExecutionSettings {
  /** How often a call is repeated where that may help, before the next model is asked, 0..10. Default 2. */
  readonly retries?: number
  /** Longest wait before the first repetition, doubled for each further one; drawn at random below it. Default 250. */
  readonly retryBaseMs?: number
  /** Longest wait before a repetition. Default 8000. */
  readonly retryMaxMs?: number
  /** Repetitions in proportion to calls, 0..1. Default 0.2. */
  readonly retryBudget?: number
  /** Share of failed calls at which a provider is left alone, above 0, at most 1. Default 0.5. */
  readonly breakerFailures?: number
  /** Calls in the window below which it is not. Default 10. */
  readonly breakerMinimumCalls?: number
  /** How far back failures count. Default 30,000. */
  readonly breakerWindowMs?: number
  /** How long a provider is left alone before it is tried again. Default 15,000. */
  readonly breakerOpenMs?: number
  /** How long a deployment is left alone that takes no more calls and does not say for how long. Default 10,000. */
  readonly cooldownMs?: number
  /** Calls under way at once; further ones wait, each tenant's in turn. Default 1024. */
  readonly concurrency?: number
  /** Calls that may wait; further ones get `overloaded`. Default 4096. */
  readonly queueLength?: number
  /** How long a call may wait for its turn; then `overloaded`. Default 30,000. */
  readonly queueTimeoutMs?: number
  /** Whether equal calls of a tenant at the same time are one; never those with a temperature above 0. Default true. */
  readonly coalesce?: boolean
  /** Whether a stream that breaks off is continued by the next model of the chain, given the part that came. Default false. */
  readonly continueStreams?: boolean
  /** By how much surer another route must be for a conversation to leave its model, 0..1. Default 0.2. */
  readonly sessionMargin?: number
}

/** Anything that decides: a `Router`, an `AsyncRouter`, a `Cascade`. May be edited while it is in use. */
export interface DecidingRouter {
  /** Where the targets of routes are looked up. */
  readonly routeSet: RouteSet
  /** Decides one message. */
  routeAsync(text: string, options?: RouteOptions & EncodeOptions): Promise<Decision>
}

/** Told what may be worth a look; most loggers fit. */
export interface RuntimeLogger {
  /** Such as a provider that is left alone for a while. */
  warn(fields: object, message: string): void
  /** Such as a store of budgets that is away. */
  error(fields: object, message: string): void
}

/** What a runtime is made of: the fields of the configuration file that carry calls to models, and who decides. */
export interface RuntimeOptions {
  /** Services that answer, by name. */
  readonly providers: Readonly<Record<string, ProviderSettings>>
  /** Models by the names that calls and routes use. */
  readonly models: Readonly<Record<string, ModelSettings>>
  /** The model of `auto` where no route matches, or the route names none. */
  readonly defaultModel?: string
  /** Routes as in a route file; compiled with the built-in encoder. Their `target` names the model. */
  readonly routes?: readonly unknown[]
  /** Decides instead of `routes`. Without either no route ever matches, and `auto` is the default model. */
  readonly router?: DecidingRouter
  /** How long to wait for providers. */
  readonly timeouts?: ProviderTimeouts
  /** Repetitions, breakers, queue. */
  readonly execution?: ExecutionSettings
  /** Limits and budgets of tenants, by name. */
  readonly tenants?: Readonly<Record<string, TenantSettings>>
  /** Budgets of routes, and what becomes of calls with a budget while the store is away. Default: they are refused. */
  readonly budgets?: {
    /** By route, over all tenants. */
    readonly routes?: Readonly<Record<string, BudgetLimits>>
    /** `refuse` with `storage_failed`, or `allow` and count later. */
    readonly whenStoreFails?: 'refuse' | 'allow'
  }
  /** Where budgets and usage are kept. Default: in the memory of the process. */
  readonly stores?: {
    /** What was spent of budgets. */
    readonly budgets: BudgetStore
    /** Sums of calls by day. */
    readonly usage: UsageStore
  }
  /** Default: nobody is told. */
  readonly logger?: RuntimeLogger
}
