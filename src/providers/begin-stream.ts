import type { StreamedAnswer, TransportAnswer } from '../contracts/index.ts'
import { ProviderFailure } from '../errors/index.ts'
import type { StreamWatch } from '../protocols/caller-protocol.ts'
import { providerObject } from '../protocols/json-fields.ts'
import { SseParser } from '../protocols/sse.ts'
import { finishBody } from './finish-body.ts'
import { parseAnswer } from './parse-answer.ts'
import { type RemoveSecrets, toldFailure } from './told-failure.ts'

/** Longest answer without events that is read for the error which it may be. */
const ERROR_LIMIT_BYTES = 256 * 1024

/** A streamed answer that is passed on as it comes; resolves once its first events are there. */
export async function beginStream(
  answer: TransportAnswer,
  watch: StreamWatch,
  remove: RemoveSecrets,
): Promise<StreamedAnswer> {
  const chunks = await eventStreamBody(answer)
  const events = new PassedEvents(chunks[Symbol.asyncIterator](), watch, remove)
  await events.begin()
  return { kind: 'stream', events, usage: () => watch.usage() }
}

/** The body of an answer that must be server-sent events. @throws ProviderFailure `malformed`; or by the error that is in their place */
export async function eventStreamBody(answer: TransportAnswer): Promise<AsyncIterable<Uint8Array>> {
  const type = answer.headers['content-type']?.toLowerCase()
  if (type === undefined || !type.startsWith('text/event-stream')) {
    if (type?.startsWith('application/json')) parseAnswer(await answer.text(ERROR_LIMIT_BYTES))
    else await answer.body[Symbol.asyncIterator]().return?.()
    throw new ProviderFailure(
      'malformed',
      `A stream was asked for, and the provider answered with the content type ${type ?? '(none)'}.`,
    )
  }
  return answer.body
}

/** The events of an answer as text, those of one piece of it together. */
class PassedEvents implements AsyncIterable<string>, AsyncIterator<string> {
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #watch: StreamWatch
  readonly #remove: RemoveSecrets
  readonly #parser = new SseParser()
  #first: string | undefined
  #hasEnded = false
  /** What broke the answer off, until what came before it has been read. */
  #failure: { readonly reason: unknown } | undefined

  constructor(chunks: AsyncIterator<Uint8Array>, watch: StreamWatch, remove: RemoveSecrets) {
    this.#chunks = chunks
    this.#watch = watch
    this.#remove = remove
  }

  /** What fails along with the first events fails at once, while another provider can still be asked. */
  async begin(): Promise<void> {
    this.#first = await this.#read()
    if (this.#failure !== undefined) throw this.#failure.reason
  }

  async next(): Promise<IteratorResult<string>> {
    const first = this.#first
    if (first !== undefined) {
      this.#first = undefined
      return { done: false, value: first }
    }
    if (this.#failure !== undefined) throw this.#failure.reason
    const text = this.#hasEnded ? undefined : await this.#read()
    return text === undefined ? { done: true, value: undefined } : { done: false, value: text }
  }

  async return(): Promise<IteratorResult<string>> {
    this.#hasEnded = true
    await this.#chunks.return?.()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return this
  }

  /** The next events, undefined after the last. */
  async #read(): Promise<string | undefined> {
    for (;;) {
      const { done, value } = await this.#chunks.next()
      if (done === true) {
        this.#hasEnded = true
        throw new ProviderFailure(
          'truncated',
          'The provider ended its answer before it was complete; what came of it has been passed on.',
        )
      }
      let text = ''
      let last = ''
      try {
        for (const event of this.#parser.push(value)) {
          last = event.text
          const verdict = this.#watch.see(event)
          if (verdict === 'go-on') assertWhole(event.data)
          if (verdict !== 'drop') text += event.text
          if (verdict !== 'end') continue
          this.#hasEnded = true
          void finishBody(this.#chunks)
          return text
        }
      } catch (error) {
        await this.return()
        const reason = toldFailure(error, this.#remove)
        if (reason instanceof ProviderFailure && reason.isTold) text += this.#remove(last)
        if (text === '') throw reason
        this.#failure = { reason }
        return text
      }
      if (text !== '') return text
    }
  }
}

/** Half an object is told from a whole one by its end, for a fraction of what parsing it costs. @throws ProviderFailure `malformed` */
function assertWhole(data: string): void {
  if (data.endsWith('}') || data === '') return
  providerObject(data)
}
