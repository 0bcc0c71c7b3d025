import type { TokenUsage } from './chat.ts'
import type { Decision } from './decision.ts'
import type { JsonObject } from './json.ts'

/**
 * What callers may speak: the OpenAI chat completions, the OpenAI Responses and the Anthropic Messages interface; callers
 * in this process the canonical form itself.
 */
export type Protocol = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'canonical'

/** A call of a model in the caller's own words. */
export interface ModelCall {
  readonly protocol: Protocol
  /** The body as it came, parsed; its `model` is whatever the caller wrote there. */
  readonly body: JsonObject
  /** The same as JSON text, where that is at hand: what is passed on is not made anew. */
  readonly text?: string
  readonly stream: boolean
  /** Headers that belong to the protocol and are passed on, such as `anthropic-beta`; names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Remembers of one answer what later calls may refer to. */
export interface AnswerKeeper {
  /** The answer has this id. */
  answered(id: string): void
  /** 128 random bits in hexadecimal, for the id of an item that is written here. */
  randomId(): string
  /** An item is complete that was written here: the provider would not know it. */
  keep(id: string, item: JsonObject): void
}

export interface CallOptions {
  /** Aborted when nobody wants the answer any more, or it took too long. */
  readonly signal: AbortSignal
  /** The route that led to the model, decided or named; null for *no match*; absent where a model was named. */
  readonly route?: string | null
  /** Why this model is asked, where a decision led to it. */
  readonly decision?: Decision
  /** Headers of a trace that goes on at the provider. */
  readonly traceHeaders?: Readonly<Record<string, string>>
  /** Absent where later calls will not refer to the answer. */
  readonly keeper?: AnswerKeeper | undefined
}

/** An answer that came at once, in the protocol of the call. */
export interface WholeAnswer {
  readonly kind: 'whole'
  /** JSON text. */
  readonly text: string
  /** The same as UTF-8, where that is at hand: what is passed on is not made anew. */
  readonly bytes?: Uint8Array
  readonly usage?: TokenUsage
}

/** An answer that comes in pieces, in the protocol of the call; begun, so that its first event is at hand. */
export interface StreamedAnswer {
  readonly kind: 'stream'
  /**
   * Server-sent events, each piece a whole number of them, ready to be sent. Ends only after the protocol's own end;
   * throws a `ProviderFailure` where the provider broke off. Not reading on holds the provider up.
   */
  readonly events: AsyncIterable<string>
  /** What is known of it so far; complete after the last event. */
  usage(): TokenUsage | undefined
}

export type ProviderAnswer = WholeAnswer | StreamedAnswer

/** A service that answers for models. */
export interface Provider {
  /** As configured, such as `openai`. */
  readonly name: string
  /**
   * Resolves with the whole answer, or with the first event of a streamed one.
   * @param model as the provider names it
   * @throws ProviderFailure
   */
  call(call: ModelCall, model: string, options: CallOptions): Promise<ProviderAnswer>
  /**
   * Vectors of texts: the body of `/v1/embeddings`; undefined where the provider has none.
   * @throws ProviderFailure
   */
  embed?(body: JsonObject, model: string, options: CallOptions): Promise<WholeAnswer>
  /**
   * How many tokens a request has: the body of `/v1/messages/count_tokens`; undefined where the provider does not say.
   * @throws ProviderFailure
   */
  countTokens?(call: ModelCall, model: string, options: CallOptions): Promise<WholeAnswer>
}
