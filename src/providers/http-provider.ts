import type {
  AnswerKeeper,
  CallOptions,
  JsonObject,
  ModelCall,
  Protocol,
  Provider,
  ProviderAnswer,
  Transport,
  TransportAnswer,
  WholeAnswer,
} from '../contracts/index.ts'
import type { CallerProtocol } from '../protocols/caller-protocol.ts'
import { callerProtocols } from '../protocols/caller-protocols.ts'
import { ANSWER_LIMIT_BYTES } from './answer-limit.ts'
import { beginStream } from './begin-stream.ts'
import { failedAnswer } from './failed-answer.ts'
import { parseAnswer } from './parse-answer.ts'
import { requestText } from './request-text.ts'
import { JSON_HEADERS } from './service-settings.ts'
import { type RemoveSecrets, removerOf, toldEvents, toldFailure } from './told-failure.ts'
import { translateCall } from './translate-call.ts'
import type { Translation } from './translation.ts'

/** Where one protocol is spoken. */
export interface SpokenProtocol {
  readonly url: string
  /** Headers of the protocol itself; the caller's own, where it sent them, come after. */
  readonly headers?: Readonly<Record<string, string>>
}

interface HttpProviderOptions {
  readonly name: string
  readonly transport: Transport
  /** Of every call, the key among them. */
  readonly headers: Readonly<Record<string, string>>
  /** Callers' protocols that the provider speaks: their calls are passed on as they are. */
  readonly speaks: Readonly<Partial<Record<Protocol, SpokenProtocol>>>
  /** How calls in any other protocol are put. */
  readonly translation: Translation
  /** Where vectors are made, if anywhere. */
  readonly embeddingsUrl?: string
  /** Where tokens are counted, if anywhere; in the protocol `anthropic-messages`. */
  readonly countTokensUrl?: string
}

/** A provider over HTTP. */
export class HttpProvider implements Provider {
  readonly name: string
  readonly embed?: NonNullable<Provider['embed']>
  readonly countTokens?: NonNullable<Provider['countTokens']>
  readonly #transport: Transport
  readonly #speaks: HttpProviderOptions['speaks']
  readonly #headers: Readonly<Record<string, string>>
  readonly #remove: RemoveSecrets
  readonly #translation: Translation

  constructor(options: HttpProviderOptions) {
    this.name = options.name
    this.#transport = options.transport
    this.#speaks = options.speaks
    this.#remove = removerOf(options.headers, options.translation.url('', false))
    this.#headers = { ...JSON_HEADERS, ...options.headers }
    this.#translation = options.translation
    const { embeddingsUrl, countTokensUrl } = options
    if (embeddingsUrl !== undefined) {
      this.embed = (body, model, callOptions) =>
        this.#ask('openai-chat', embeddingsUrl, undefined, { ...body, model }, callOptions)
    }
    if (countTokensUrl !== undefined) {
      this.countTokens = ({ body, headers }, model, callOptions) => {
        const own = { ...this.#speaks['anthropic-messages']?.headers, ...headers }
        return this.#ask('anthropic-messages', countTokensUrl, own, { ...body, model }, callOptions)
      }
    }
  }

  call(call: ModelCall, model: string, options: CallOptions): Promise<ProviderAnswer> {
    const spoken = this.#speaks[call.protocol]
    if (spoken === undefined) {
      return this.#translated(call, model, options)
    }
    return this.#passOn(call, model, spoken, options)
  }

  async #translated(call: ModelCall, model: string, options: CallOptions): Promise<ProviderAnswer> {
    try {
      const answer = await translateCall(
        call,
        model,
        this.#translation,
        ({ url, headers, body }) => this.#post(url, headers, JSON.stringify(body), options),
        options.keeper,
      )
      return answer.kind === 'whole' ? answer : { ...answer, events: toldEvents(answer.events, this.#remove) }
    } catch (error) {
      throw toldFailure(error, this.#remove)
    }
  }

  /** The caller's own words, with the provider's name of the model; the answer likewise. */
  async #passOn(
    call: ModelCall,
    model: string,
    spoken: SpokenProtocol,
    options: CallOptions,
  ): Promise<ProviderAnswer> {
    const { protocol: name, body, stream, headers } = call
    const protocol = callerProtocols[name]
    const answer = await this.#post(
      spoken.url,
      spoken.headers === undefined ? headers : { ...spoken.headers, ...headers },
      requestText(call, model, protocol),
      options,
    )
    if (answer.status !== 200) throw await this.#failure(answer, protocol.failureOf)
    if (!stream) return this.#whole(answer, protocol, options.keeper)
    try {
      return await beginStream(answer, protocol.streamWatch(body, options.keeper), this.#remove)
    } catch (error) {
      throw toldFailure(error, this.#remove)
    }
  }

  async #ask(
    name: Protocol,
    url: string,
    headers: Readonly<Record<string, string>> | undefined,
    body: JsonObject,
    options: CallOptions,
  ): Promise<WholeAnswer> {
    const protocol = callerProtocols[name]
    const answer = await this.#post(url, headers, JSON.stringify(body), options)
    if (answer.status !== 200) throw await this.#failure(answer, protocol.failureOf)
    return this.#whole(answer, protocol)
  }

  async #failure(answer: TransportAnswer, failureOf: CallerProtocol['failureOf']): Promise<unknown> {
    return toldFailure(await failedAnswer(answer, failureOf), this.#remove)
  }

  async #whole(
    answer: TransportAnswer,
    protocol: CallerProtocol,
    keeper?: AnswerKeeper,
  ): Promise<WholeAnswer> {
    try {
      return await readWhole(answer, protocol, keeper)
    } catch (error) {
      throw toldFailure(error, this.#remove)
    }
  }

  #post(
    url: string,
    headers: Readonly<Record<string, string>> | undefined,
    body: string,
    { signal, traceHeaders }: CallOptions,
  ): Promise<TransportAnswer> {
    return this.#transport.send({
      method: 'POST',
      url,
      // Most calls bring none, and to put objects together takes as long as to send them.
      headers:
        headers === undefined && traceHeaders === undefined
          ? this.#headers
          : { ...this.#headers, ...headers, ...traceHeaders },
      body,
      signal,
    })
  }
}

async function readWhole(
  answer: TransportAnswer,
  protocol: CallerProtocol,
  keeper: AnswerKeeper | undefined,
): Promise<WholeAnswer> {
  const bytes = await answer.bytes(ANSWER_LIMIT_BYTES)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  const parsed = parseAnswer(text)
  if (typeof parsed.id === 'string') keeper?.answered(parsed.id)
  const usage = protocol.usageOf(parsed)
  return usage === undefined ? { kind: 'whole', text, bytes } : { kind: 'whole', text, bytes, usage }
}
