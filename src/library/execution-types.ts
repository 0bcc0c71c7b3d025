import type {
  ChatAnswer,
  ChatEvent,
  ChatMessage,
  ChatPart,
  ChatRequest,
  Decision,
  FinishReason,
  ToolCallPart,
} from '../contracts/index.ts'
import type { ExecutionReport } from '../runtime/execution-report.ts'

/** A message of a conversation; text may stand for one part of text. */
export interface ExecuteMessage {
  /** Who says it; `tool` brings the results of tools. */
  readonly role: ChatMessage['role']
  /** What is said. */
  readonly content: string | readonly ChatPart[]
}

/** One call: a `text` or `messages`, and how to answer. */
export interface ExecuteOptions extends Partial<Omit<ChatRequest, 'messages' | 'stream'>> {
  /** The message to answer. */
  readonly text?: string
  /** Instead of `text`: a conversation, oldest first. */
  readonly messages?: readonly ExecuteMessage[]
  /** A model, `route:NAME`, or `auto`: the decision names it. Default `auto`. */
  readonly model?: string
  /** Gives up; the call then rejects with the reason of the signal. */
  readonly signal?: AbortSignal
  /** Names the conversation, which then stays with its model. Default: by its first messages. */
  readonly session?: string
  /** Whose limits and budgets count. Default `default`. */
  readonly tenant?: string
}

/** What is known of a call once its answer has begun. */
export interface ExecutionHead {
  /** Unique over all processes. */
  readonly executionId: string
  /** Why this model; null where nothing was decided, as a model was named or the conversation stayed where it was. */
  readonly decision: Decision | null
  /** The route whose model answers; null where none matched or a model was named. */
  readonly route: string | null
  /** The model that answers, by its name here. */
  readonly model: string
  /** Its provider. */
  readonly provider: string
  /** Whether an equal call under way answers this one too, which then costs nothing (`coalesced`), or it was made (`bypass`). */
  readonly cache: { readonly status: 'bypass' | 'coalesced' }
}

/** An answer, and what it took. */
export interface ExecutionResult extends ExecutionHead, ExecutionReport {
  /** The text of the answer. */
  readonly response: string
  /** Tools that the model wants called; empty where none. */
  readonly toolCalls: readonly ToolCallPart[]
  /** All parts of the answer, reasoning too: the assistant's message of the next turn. */
  readonly content: ChatAnswer['content']
  /** Why the answer ends. */
  readonly finish: FinishReason
  /** From the call to the end of the answer. */
  readonly latencyMs: number
  /** Of the time until the answer, or its first event, what was not spent waiting for others. */
  readonly overheadMs: number
}

/** An answer that comes in pieces. Read it to its end, leave the loop, or abort the call: until then it holds a place. */
export interface ExecutionStream extends ExecutionHead, AsyncIterable<ChatEvent> {
  /** Settles once the last event has been read; rejects with what ended the stream before. */
  readonly result: Promise<ExecutionResult>
}
