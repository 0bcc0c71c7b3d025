/**
 * The canonical form: what every provider's protocol has in common. A call is put into it only where caller and provider
 * speak different protocols; where they speak the same one, the caller's own words are passed on.
 */

/** A picture, at an address or as bytes. */
export interface ImagePart {
  readonly kind: 'image'
  /** An `https:` address, or undefined where `base64` has the bytes. */
  readonly url?: string
  readonly base64?: string
  /** Of the bytes, such as `image/png`. */
  readonly mediaType?: string
}

/** Words. */
export interface TextPart {
  readonly kind: 'text'
  readonly text: string
}

/** What a model thought before it answered. */
export interface ReasoningPart {
  readonly kind: 'reasoning'
  readonly text: string
  /** By which the provider that made it recognises it; means nothing to others. */
  readonly signature?: string
}

/** A tool that a model wants called. */
export interface ToolCallPart {
  readonly kind: 'tool-call'
  readonly id: string
  readonly name: string
  /** JSON text, as the model wrote it. */
  readonly arguments: string
}

/** What a tool brought. */
export interface ToolResultPart {
  readonly kind: 'tool-result'
  /** Of the call that it answers. */
  readonly id: string
  readonly content: readonly (TextPart | ImagePart)[]
  readonly isError?: boolean
}

/** A part of a message. */
export type ChatPart = TextPart | ImagePart | ReasoningPart | ToolCallPart | ToolResultPart

/** What one side says. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: readonly ChatPart[]
}

/** A tool that a model may call. */
export interface ToolDefinition {
  readonly name: string
  readonly description?: string
  /** JSON Schema of the arguments. */
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly strict?: boolean
}

/** Whether tools may be called: as the model likes, none, at least one, or that one. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string }

/** Text as the model likes, or any JSON object. */
export interface PlainFormat {
  readonly kind: 'text' | 'json'
}

/** A JSON object that a JSON Schema describes. */
export interface SchemaFormat {
  readonly kind: 'schema'
  readonly name: string
  readonly schema: Readonly<Record<string, unknown>>
  readonly strict?: boolean
}

/** What an answer has to look like. */
export type ResponseFormat = PlainFormat | SchemaFormat

/** A call of a model. */
export interface ChatRequest {
  readonly messages: readonly ChatMessage[]
  readonly tools?: readonly ToolDefinition[]
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: boolean
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly stop?: readonly string[]
  readonly seed?: number
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
  readonly responseFormat?: ResponseFormat
  /** How much to think: by a word of the provider's, or in tokens. */
  readonly reasoning?: { readonly effort?: string; readonly budgetTokens?: number }
  /** Who is served, as told to the provider. */
  readonly user?: string
  readonly stream: boolean
}

/** Tokens of a call. Zero where a provider does not say. */
export interface TokenUsage {
  /** All that was read, those from the provider's cache and those written to it included. */
  readonly inputTokens: number
  readonly cachedInputTokens: number
  readonly cacheWriteTokens: number
  /** All that was written, reasoning included. */
  readonly outputTokens: number
  readonly reasoningTokens: number
}

/** Why an answer ends: it is complete, it is as long as it may be, tools are to be called, or it was withheld. */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter'

export interface ChatAnswer {
  readonly id: string
  /** As the provider names it. */
  readonly model: string
  /** Seconds since the epoch. */
  readonly createdAt: number
  readonly content: readonly (TextPart | ReasoningPart | ToolCallPart)[]
  readonly finish: FinishReason
  /** Absent where the provider says nothing of it. */
  readonly usage?: TokenUsage
}

/** An answer begins. */
export interface StartEvent {
  readonly kind: 'start'
  readonly id: string
  readonly model: string
  /** Seconds since the epoch. */
  readonly createdAt: number
}

/** A piece of text. */
export interface TextEvent {
  readonly kind: 'text'
  /** Counts the parts of the answer, from 0. */
  readonly index: number
  readonly text: string
}

/** A piece of reasoning. */
export interface ReasoningEvent {
  readonly kind: 'reasoning'
  readonly index: number
  readonly text: string
  readonly signature?: string
}

/** A tool call begins; its arguments follow. */
export interface ToolCallEvent {
  readonly kind: 'tool-call'
  readonly index: number
  readonly id: string
  readonly name: string
}

/** A piece of the arguments of a tool call. */
export interface ToolArgumentsEvent {
  readonly kind: 'tool-arguments'
  readonly index: number
  /** A piece of the JSON text. */
  readonly json: string
}

/** The answer is complete. */
export interface FinishEvent {
  readonly kind: 'finish'
  readonly reason: FinishReason
  readonly usage?: TokenUsage
}

/** A piece of a streamed answer: `start` first, `finish` last. */
export type ChatEvent =
  | StartEvent
  | TextEvent
  | ReasoningEvent
  | ToolCallEvent
  | ToolArgumentsEvent
  | FinishEvent
