import type { JsonObject } from '../contracts/index.ts'
import { isObject, objectIn, objectsIn, textIn } from '../protocols/json-fields.ts'

/** Cheaper than parsing every event; in JSON text a quotation mark inside a text is escaped, so that these are fields. */
const FINISH = /"(?:finish_reason|stop_reason|reason|status)"\s*:\s*"/
const WORD = /^[A-Za-z_-]{1,40}$/
const MOST_REASONS = 16
const LONGEST_MODEL = 128

/** Which model answered and why it left off, read from an answer in any caller's protocol; nothing else of it. */
export class AnswerFacts {
  #model: string | undefined
  readonly #reasons: string[] = []

  get model(): string | undefined {
    return this.#model
  }

  get finishReasons(): readonly string[] | undefined {
    return this.#reasons.length === 0 ? undefined : this.#reasons
  }

  /** @param text JSON */
  whole(text: string): void {
    try {
      const answer: unknown = JSON.parse(text)
      if (isObject(answer)) this.#read(answer)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      // The answer goes to the caller as it is; there is nothing to know of it.
    }
  }

  /** @param text server-sent events, a whole number of them */
  events(text: string): void {
    if (this.#model !== undefined && !FINISH.test(text)) return
    for (const line of text.split('\n')) {
      if (line.startsWith('data:') && line.includes('{')) this.whole(line.slice(5))
    }
  }

  #read(answer: JsonObject): void {
    // The head of an answer, or what the protocols put around it in the first event of a stream.
    const response = isObject(answer.response) ? answer.response : answer
    const model = textIn(response.model) ?? textIn(objectIn(answer.message).model)
    if (model !== undefined && model.length <= LONGEST_MODEL) this.#model ??= model
    for (const { finish_reason } of objectsIn(answer.choices)) this.#finished(finish_reason)
    this.#finished(answer.stop_reason)
    this.#finished(objectIn(answer.delta).stop_reason)
    if (response.object === 'response' && response.status !== 'in_progress') {
      this.#finished(objectIn(response.incomplete_details).reason ?? response.status)
    }
    this.#finished(answer.finish)
    if (answer.kind === 'finish') this.#finished(answer.reason)
  }

  #finished(reason: unknown): void {
    if (typeof reason !== 'string' || !WORD.test(reason) || this.#reasons.length >= MOST_REASONS) return
    this.#reasons.push(reason)
  }
}
