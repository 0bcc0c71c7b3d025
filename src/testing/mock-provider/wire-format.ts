import type { JsonObject } from '../../contracts/index.ts'
import type { MockPrompt, MockReply } from './mock-reply.ts'

/** Seconds since the epoch at which every answer was made: the same request has the same answer, to the byte. */
export const CREATED_AT = 1_767_225_600

/** An error as a provider words it. */
export interface MockError {
  readonly status: number
  readonly reason: 'quota' | 'context' | undefined
  readonly message: string
  /** How long to stay away, as far as it was said. */
  readonly retryAfterMs: number | undefined
}

export const plainError = (status: number, message: string): MockError => ({
  status,
  message,
  reason: undefined,
  retryAfterMs: undefined,
})

/** How a provider words errors. */
export interface ErrorFormat {
  /** JSON text. */
  errorBody(error: MockError): string
  /** A server-sent event, after `index` others. */
  errorEvent(error: MockError, index: number): string
}

/** The protocol of a provider: a request in, answers out. */
export interface WireFormat extends ErrorFormat {
  /**
   * The request, or what is wrong with it.
   * @param url path and query, which name the model where the body does not
   */
  readPrompt(body: JsonObject, url: string): MockPrompt | string
  /** JSON text. @param id eight hexadecimal digits that belong to the request */
  whole(reply: MockReply, id: string, body: JsonObject): string
  /** Server-sent events, with their blank lines. */
  events(reply: MockReply, id: string, body: JsonObject): string[]
}
