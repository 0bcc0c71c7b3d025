import type { StreamedAnswer, TransportAnswer } from '../contracts/index.ts'
import { ProviderFailure } from '../errors/index.ts'
import type { StreamWatch } from '../protocols/caller-protocol.ts'
import { providerObject } from '../protocols/json-fields.ts'
import { SseParser } from '../protocols/sse.ts'
import { type RemoveSecrets, toldFailure } from './told-failure.ts'

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

/** The body of an answer that must be server-sent events. @throws ProviderFailure `malformed` */
export async function eventStreamBody(answer: TransportAnswer): Promise<AsyncIterable<Uint8Array>> {
  const type = answer.headers['content-type']
  if (type === undefined || !type.startsWith('text/event-stream')) {
    await answer.body[Symbol.asyncIterator]().return?.()
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

  constructor(chunks: AsyncIterator<Uint8Array>, watch: StreamWatch, remove: RemoveSecrets) {
    this.#chunks = chunks
    this.#watch = watch
    this.#remove = remove
  }

  async begin(): Promise<void> {
    this.#first = await this.#read()
  }

  async next(): Promise<IteratorResult<string>> {
    const first = this.#first
    if (first !== undefined) {
      this.#first = undefined
      return { done: false, value: first }
    }
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
      try {
        for (const event of this.#parser.push(value)) {
          const verdict = this.#watch.see(event)
          if (verdict === 'go-on') assertWhole(event.data)
          if (verdict !== 'drop') text += event.text
          if (verdict !== 'end') continue
          this.#hasEnded = true
          // Its connection can be used again only if it is read to its end, which has usually come by now.
          void this.#readEnd()
          return text
        }
      } catch (error) {
        await this.return()
        throw toldFailure(error, this.#remove)
      }
      if (text !== '') return text
    }
  }

  async #readEnd(): Promise<void> {
    try {
      const { done } = await this.#chunks.next()
      if (done !== true) await this.#chunks.return?.()
    } catch {
      // Nothing is missing from the answer, however the connection ends.
    }
  }
}

/** Half an object is told from a whole one by its end, for a fraction of what parsing it costs. @throws ProviderFailure `malformed` */
function assertWhole(data: string): void {
  if (data.endsWith('}') || data === '') return
  providerObject(data)
}
