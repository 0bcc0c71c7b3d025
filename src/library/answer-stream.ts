import type { ChatAnswer, ChatEvent } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import { answerOfEvents } from '../protocols/answer-of-events.ts'
import type { ExecutionHead, ExecutionResult, ExecutionStream } from './execution-types.ts'
import { readEvents } from './read-events.ts'

/** The events of an answer, read once. */
export class AnswerStream implements ExecutionStream, AsyncIterator<ChatEvent> {
  readonly executionId: string
  readonly decision: ExecutionHead['decision']
  readonly route: string | null
  readonly model: string
  readonly provider: string
  readonly cache: ExecutionHead['cache']
  readonly result: Promise<ExecutionResult>
  readonly #texts: AsyncIterator<string>
  readonly #resultOf: (answer: ChatAnswer) => ExecutionResult
  readonly #settled = Promise.withResolvers<ExecutionResult>()
  readonly #seen: ChatEvent[] = []
  #given = 0

  /**
   * @param texts pieces of the stream in the canonical form
   * @param resultOf called once, with the whole answer
   */
  constructor(
    head: ExecutionHead,
    texts: AsyncIterable<string>,
    resultOf: (answer: ChatAnswer) => ExecutionResult,
  ) {
    this.executionId = head.executionId
    this.decision = head.decision
    this.route = head.route
    this.model = head.model
    this.provider = head.provider
    this.cache = head.cache
    this.#texts = texts[Symbol.asyncIterator]()
    this.#resultOf = resultOf
    this.result = this.#settled.promise
    // Whoever reads the events is told as well; nobody has to look at the result.
    this.result.catch(() => undefined)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<ChatEvent, undefined>> {
    while (this.#given === this.#seen.length) {
      let read: IteratorResult<string>
      try {
        read = await this.#texts.next()
      } catch (error) {
        this.#settled.reject(error)
        throw error
      }
      if (read.done === true) {
        this.#settled.resolve(this.#resultOf(answerOfEvents(this.#seen)))
        return { done: true, value: undefined }
      }
      this.#seen.push(...readEvents(read.value))
    }
    const value = this.#seen[this.#given] as ChatEvent
    this.#given++
    return { done: false, value }
  }

  async return(): Promise<IteratorResult<ChatEvent, undefined>> {
    // Says nothing where the answer was complete.
    this.#settled.reject(new StrataError('aborted', 'The stream was left before its end.'))
    await this.#texts.return?.()
    return { done: true, value: undefined }
  }
}
