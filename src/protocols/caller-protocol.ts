import type {
  AnswerKeeper,
  ChatAnswer,
  ChatEvent,
  ChatRequest,
  JsonObject,
  TokenUsage,
} from '../contracts/index.ts'
import type { ErrorDetail, ProviderFailure } from '../errors/index.ts'
import type { SseEvent } from './sse.ts'

/** An error as it is told to a caller. */
export interface CallerError {
  /** HTTP status. */
  readonly status: number
  /** One of `ERROR_CODES`. */
  readonly code: string
  readonly message: string
  readonly details?: readonly ErrorDetail[]
  readonly requestId: string
}

/** Looks on while a provider's events are passed to a caller of the same protocol. */
export interface StreamWatch {
  /**
   * What to do with the event: pass it on (`go-on`), leave it out (`drop`), or pass it on as the protocol's own end.
   * @throws ProviderFailure where the event is the provider's error, which is passed on too if it is `isTold`, or cannot be read
   */
  see(event: SseEvent): 'go-on' | 'drop' | 'end'
  /** What is known so far; undefined where the provider says nothing of it. */
  usage(): TokenUsage | undefined
}

/** Writes one streamed answer. */
export interface ChatEventWriter {
  /** Server-sent events, ready to be sent; empty where the protocol has nothing to say. The protocol's end comes with `finish`. */
  write(event: ChatEvent): string
}

/** What calls of a protocol may leave out because an earlier answer has it. */
export interface EarlierAnswers {
  /** Whether later calls may refer to what answers this one. */
  mayBeReferredTo(body: JsonObject): boolean
  /** The body with the items that it refers to in their places, as far as they are known; the same object where it refers to none. */
  withItems(body: JsonObject, itemOf: (id: string) => JsonObject | undefined): JsonObject
  refersToItems(body: JsonObject): boolean
  /** Id of the answer that the call goes on from. */
  previousId(body: JsonObject): string | undefined
}

/** What callers of one protocol say, and what they are told. Holds no state. */
export interface CallerProtocol {
  /** What is wrong with a body, as far as it is understood here; fields that are not known are left alone. */
  check(body: JsonObject): readonly ErrorDetail[]
  /** The text parts of the last user message, joined with line feeds: what is routed on. */
  lastUserText(body: JsonObject): string | undefined
  /** Whether the last turn brings the result of a tool. */
  answersToolCall(body: JsonObject): boolean
  /** What stays the same over all turns of a conversation: its system prompt and its first user message. */
  firstMessages(body: JsonObject): string
  /** Absent where every call has all that it is about. */
  readonly earlierAnswers?: EarlierAnswers
  /** The body for a provider that speaks this protocol; nothing of the caller's is lost that the provider could read. */
  prepare(body: JsonObject, model: string, stream: boolean): JsonObject
  usageOf(answer: JsonObject): TokenUsage | undefined
  /** @param body the caller's own, before `prepare` */
  streamWatch(body: JsonObject, keeper?: AnswerKeeper): StreamWatch
  errorBody(error: CallerError): JsonObject
  /** A server-sent event for a stream that breaks off after it began. The protocol's end must not follow it. */
  errorEvent(error: CallerError): string
  /**
   * Of an HTTP error of a provider that speaks this protocol.
   * @param headers names in lower case
   */
  failureOf(status: number, headers: Readonly<Record<string, string>>, bodyText: string): ProviderFailure
  /**
   * The body in the canonical form.
   * @throws StrataError `untranslatable` with all that would be lost in `details`
   */
  readRequest(body: JsonObject): ChatRequest
  writeAnswer(answer: ChatAnswer, request: ChatRequest, keeper?: AnswerKeeper): JsonObject
  /** @param request as `readRequest` gave it */
  eventWriter(request: ChatRequest, keeper?: AnswerKeeper): ChatEventWriter
}
