import type { ChatAnswer, ChatEvent, ChatRequest, JsonObject } from '../contracts/index.ts'
import type { ProviderFailure } from '../errors/index.ts'
import type { SseEvent } from './sse.ts'

/** Reads one streamed answer. */
export interface ChatEventReader {
  /**
   * What a server-sent event says; nothing for those that say nothing, or nothing known.
   * @throws ProviderFailure `malformed`, or whatever the provider's error is
   */
  read(event: SseEvent): readonly ChatEvent[]
  /**
   * What is left to say when the stream has ended.
   * @throws ProviderFailure `truncated` where its end had not come
   */
  end(): readonly ChatEvent[]
}

/** What providers of one protocol are asked and answer, in the canonical form. Holds no state. */
export interface ProviderProtocol {
  /** @throws StrataError `untranslatable` for what the protocol cannot say */
  writeRequest(request: ChatRequest, model: string): JsonObject
  /**
   * @param createdAt seconds since the epoch, for protocols that do not tell it
   * @throws ProviderFailure `malformed`
   */
  readAnswer(body: JsonObject, createdAt?: number): ChatAnswer
  /** @param createdAt seconds since the epoch, for protocols that do not tell it */
  eventReader(createdAt?: number): ChatEventReader
  /** Of an HTTP error; without the provider's own words, which the caller's protocol does not know. */
  failureOf(status: number, headers: Readonly<Record<string, string>>, bodyText: string): ProviderFailure
}
