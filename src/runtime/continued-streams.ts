import type {
  ChatEvent,
  ChatMessage,
  ChatRequest,
  ProviderAnswer,
  StreamedAnswer,
  TokenUsage,
} from '../contracts/index.ts'
import { isStrataError, ProviderFailure } from '../errors/index.ts'
import type { Operation } from '../execution/layer.ts'
import { callerProtocols } from '../protocols/caller-protocols.ts'
import { canonicalCall } from '../protocols/canonical/canonical-call.ts'
import type { AttemptRequest } from './attempt.ts'

/** What the next model is told beside the part of the answer that came. */
const GO_ON =
  'Your answer was cut off by a failure. Go on exactly where it stops: repeat nothing, and do not mention this.'

/**
 * For those who have opted in: a stream that breaks off after its beginning is continued by the next model of the chain,
 * which is given the part that came. Otherwise nothing is ever switched after the first byte, as the two parts are by
 * different models. What a tool is to be called with is not continued, nor a request that only its own protocol can say.
 */
export function continuedStreams(
  attempt: Operation<AttemptRequest, ProviderAnswer>,
): Operation<AttemptRequest, ProviderAnswer> {
  return async (request) => {
    const { call, purpose, fallbacks } = request
    if (!call.stream || purpose !== 'answer' || fallbacks.length === 0) return attempt(request)
    const chat = canonicalRequest(request)
    if (chat === undefined) return attempt(request)
    const leaving = new AbortController()
    const own = { ...request, signal: AbortSignal.any([request.signal, leaving.signal]) }
    const answer = await attempt(inCanonicalForm(own, chat))
    return answer.kind === 'whole' ? answer : new ContinuedStream(attempt, own, chat, answer, leaving)
  }
}

function canonicalRequest({ call }: AttemptRequest): ChatRequest | undefined {
  try {
    return callerProtocols[call.protocol].readRequest(call.body)
  } catch (error) {
    if (isStrataError(error) && error.code === 'untranslatable') return undefined
    throw error
  }
}

const inCanonicalForm = (request: AttemptRequest, chat: ChatRequest): AttemptRequest => ({
  ...request,
  call: canonicalCall(chat, true),
})

const DATA = /^data: (.+)$/gm

class ContinuedStream implements StreamedAnswer {
  readonly kind = 'stream'
  readonly events: AsyncIterable<string>
  readonly #attempt: Operation<AttemptRequest, ProviderAnswer>
  readonly #request: AttemptRequest
  readonly #chat: ChatRequest
  /** One for each model that has written a part. */
  readonly #parts: StreamedAnswer[]
  #text = ''
  #callsTool = false

  constructor(
    attempt: Operation<AttemptRequest, ProviderAnswer>,
    request: AttemptRequest,
    chat: ChatRequest,
    first: StreamedAnswer,
    leaving: AbortController,
  ) {
    this.#attempt = attempt
    this.#request = request
    this.#chat = chat
    this.#parts = [first]
    const written = this.#write()
    const events: AsyncIterableIterator<string> = {
      next: () => written.next(),
      return() {
        // A generator that has not begun, or waits for something, would not let go of the part in hand.
        leaving.abort(new DOMException('The reader went away before the end of the stream', 'AbortError'))
        return written.return(undefined)
      },
      [Symbol.asyncIterator]: () => events,
    }
    this.events = events
  }

  /** Of all parts that say so. */
  usage(): TokenUsage | undefined {
    const known = this.#parts.flatMap((part) => part.usage() ?? [])
    if (known.length < 2) return known[0]
    const sum = (field: keyof TokenUsage) => known.reduce((total, usage) => total + usage[field], 0)
    return {
      inputTokens: sum('inputTokens'),
      cachedInputTokens: sum('cachedInputTokens'),
      cacheWriteTokens: sum('cacheWriteTokens'),
      outputTokens: sum('outputTokens'),
      reasoningTokens: sum('reasoningTokens'),
    }
  }

  async *#write(): AsyncGenerator<string> {
    const { call, options } = this.#request
    const writer = callerProtocols[call.protocol].eventWriter(this.#chat, options.keeper)
    let { fallbacks } = this.#request
    for (let position = 0; ; position++) {
      try {
        for await (const text of (this.#parts[position] as StreamedAnswer).events) {
          let written = ''
          for (const event of this.#eventsOf(text, position > 0)) written += writer.write(event)
          if (written !== '') yield written
        }
        return
      } catch (error) {
        const [target, ...rest] = fallbacks
        if (target === undefined || !this.#mayGoOn(error)) throw error
        fallbacks = rest
        const next = await this.#attempt(
          inCanonicalForm({ ...this.#request, target, fallbacks }, this.#withPart()),
        )
        if (next.kind === 'whole') throw error
        this.#parts.push(next)
      }
    }
  }

  #mayGoOn(error: unknown): boolean {
    return error instanceof ProviderFailure && !this.#callsTool && !this.#request.signal.aborted
  }

  /** The request with the part of the answer that has come. */
  #withPart(): ChatRequest {
    const text = (content: string) => [{ kind: 'text', text: content }] as const
    const told: readonly ChatMessage[] =
      this.#text === ''
        ? []
        : [
            { role: 'assistant', content: text(this.#text) },
            { role: 'user', content: text(GO_ON) },
          ]
    return { ...this.#chat, messages: [...this.#chat.messages, ...told] }
  }

  /** A continuation has begun already, and goes on with the part that broke off. */
  #eventsOf(text: string, isContinuation: boolean): readonly ChatEvent[] {
    const events: ChatEvent[] = []
    for (const [, data = ''] of text.matchAll(DATA)) {
      const event = JSON.parse(data) as ChatEvent
      if (event.kind === 'text') this.#text += event.text
      if (event.kind === 'tool-call') this.#callsTool = true
      if (!(isContinuation && event.kind === 'start')) events.push(event)
    }
    return events
  }
}
