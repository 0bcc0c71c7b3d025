import type { Attributes, ProviderAnswer, Span, TokenUsage } from '../contracts/index.ts'
import type { Attempt } from '../execution/attempt-log.ts'
import { AnswerFacts } from './answer-facts.ts'
import type { Deployment } from './model-book.ts'
import type { Purpose } from './purpose.ts'

/** What traces say of a provider: `gen_ai.provider.name`, `server.address`, `server.port`. */
export type DescribeProvider = (deployment: Deployment) => Attributes

/** The conventions have no word for counting. */
const OPERATIONS: Readonly<Record<Purpose, string>> = {
  answer: 'chat',
  embed: 'embeddings',
  count: 'count_tokens',
}

/**
 * The span of one call of a provider, by OpenTelemetry's conventions for generative AI
 * (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/). Has names and numbers, never what was said.
 */
export class AttemptSpan {
  readonly #span: Span
  readonly #facts = new AnswerFacts()
  #usage: (() => TokenUsage | undefined) | undefined

  constructor(parent: Span) {
    this.#span = parent.child()
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#span.headers
  }

  /** The same answer; reads along as it is read. */
  watch(answer: ProviderAnswer): ProviderAnswer {
    if (!this.#span.isSampled) return answer
    if (answer.kind === 'whole') {
      this.#facts.whole(answer.text)
      this.#usage = () => answer.usage
      return answer
    }
    this.#usage = () => answer.usage()
    return { ...answer, events: new ReadAlong(answer.events, (text) => this.#facts.events(text)) }
  }

  end(
    { target, outcome, status, firstByteMs }: Attempt<Deployment>,
    purpose: Purpose,
    describe: DescribeProvider,
  ): void {
    if (!this.#span.isSampled) return
    const usage = this.#usage?.()
    const isError = outcome !== 'ok'
    this.#span.end({
      name: `${OPERATIONS[purpose]} ${target.model}`,
      kind: 'client',
      isError,
      attributes: {
        'gen_ai.operation.name': OPERATIONS[purpose],
        ...describe(target),
        'gen_ai.request.model': target.model,
        'gen_ai.response.model': this.#facts.model,
        'gen_ai.response.finish_reasons': this.#facts.finishReasons,
        'gen_ai.usage.input_tokens': usage?.inputTokens,
        'gen_ai.usage.output_tokens': usage?.outputTokens,
        'http.response.status_code': status,
        'error.type': isError ? outcome : undefined,
        'stratarouter.model': target.of,
        'stratarouter.provider': target.provider.name,
        'stratarouter.first_byte_ms': firstByteMs,
      },
    })
  }
}

/** Events as they are, each shown to `see` first. */
class ReadAlong implements AsyncIterable<string>, AsyncIterator<string> {
  readonly #source: AsyncIterator<string>
  readonly #see: (text: string) => void

  constructor(events: AsyncIterable<string>, see: (text: string) => void) {
    this.#source = events[Symbol.asyncIterator]()
    this.#see = see
  }

  async next(): Promise<IteratorResult<string>> {
    const result = await this.#source.next()
    if (result.done !== true) this.#see(result.value)
    return result
  }

  async return(): Promise<IteratorResult<string>> {
    await this.#source.return?.()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return this
  }
}
