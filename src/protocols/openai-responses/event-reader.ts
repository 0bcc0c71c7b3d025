import type { ChatEvent, JsonObject } from '../../contracts/index.ts'
import { ProviderFailure } from '../../errors/index.ts'
import { eventType } from '../event-type.ts'
import { streamFailure } from '../http-failure.ts'
import { given, isObject, numberIn, objectIn, providerObject, textIn } from '../json-fields.ts'
import type { ChatEventReader } from '../provider-protocol.ts'
import { signedBy } from '../signatures.ts'
import type { SseEvent } from '../sse.ts'
import { truncated } from '../truncated.ts'
import { readEnding } from './read-answer.ts'
import { responsesUsage } from './usage.ts'

type PartKind = 'text' | 'reasoning' | 'tool-call'

/** Reads the events of a streamed response. */
export class ResponsesReader implements ChatEventReader {
  readonly #createdAt: number
  #started = false
  #ended = false
  readonly #parts: { readonly kind: PartKind; isTold: boolean }[] = []
  /** Of the item that is being told. */
  #open: PartKind | undefined
  /** Thoughts come in sections, which are told with an empty line between. */
  #sections = 0

  constructor(createdAt = 0) {
    this.#createdAt = createdAt
  }

  read(event: SseEvent): readonly ChatEvent[] {
    if (this.#ended) return []
    const type = eventType(event)
    switch (type) {
      case 'response.created':
        return this.#start(objectIn(providerObject(event.data).response))
      case 'response.output_item.added':
        return this.#startItem(objectIn(providerObject(event.data).item))
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        return this.#text(textIn(providerObject(event.data).delta))
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return this.#thought(textIn(providerObject(event.data).delta))
      case 'response.reasoning_summary_part.added':
        return this.#startSection()
      case 'response.function_call_arguments.delta':
        return this.#arguments(textIn(providerObject(event.data).delta))
      case 'response.output_item.done':
        return this.#endItem(objectIn(providerObject(event.data).item))
      case 'response.completed':
      case 'response.incomplete':
        return this.#end(objectIn(providerObject(event.data).response))
      case 'response.failed':
        throw streamFailure(objectIn(providerObject(event.data).response).error)
      case 'error': {
        const told = providerObject(event.data)
        throw streamFailure(isObject(told.error) ? told.error : told)
      }
      default:
        return []
    }
  }

  end(): readonly ChatEvent[] {
    if (!this.#ended) throw truncated()
    return []
  }

  #start(response: JsonObject): readonly ChatEvent[] {
    this.#started = true
    const id = textIn(response.id) ?? ''
    const model = textIn(response.model) ?? ''
    return [{ kind: 'start', id, model, createdAt: numberIn(response.created_at) ?? this.#createdAt }]
  }

  #startItem(item: JsonObject): readonly ChatEvent[] {
    this.#checkStarted()
    this.#open = undefined
    this.#sections = 0
    if (item.type === 'message') this.#begin('text')
    else if (item.type === 'reasoning') this.#begin('reasoning')
    else if (item.type === 'function_call') {
      const id = textIn(item.call_id)
      const name = textIn(item.name)
      if (id === undefined || name === undefined) {
        throw new ProviderFailure(
          'malformed',
          'Expected `call_id` and `name` in a function call of the provider.',
        )
      }
      this.#begin('tool-call')
      return [{ kind: 'tool-call', index: this.#index, id, name }]
    }
    return []
  }

  #begin(kind: PartKind): void {
    const last = this.#parts.at(-1)
    // An item of which nothing was told has no place among the parts.
    if (last !== undefined && !last.isTold && last.kind !== 'tool-call') this.#parts.pop()
    this.#open = kind
    this.#parts.push({ kind, isTold: false })
  }

  #text(text: string | undefined): readonly ChatEvent[] {
    if (!text) return []
    this.#tell('text')
    return [{ kind: 'text', index: this.#index, text }]
  }

  #thought(text: string | undefined): readonly ChatEvent[] {
    if (!text) return []
    this.#tell('reasoning')
    return [{ kind: 'reasoning', index: this.#index, text }]
  }

  #startSection(): readonly ChatEvent[] {
    this.#sections += 1
    return this.#sections === 1 ? [] : this.#thought('\n\n')
  }

  #arguments(json: string | undefined): readonly ChatEvent[] {
    if (!json) return []
    this.#tell('tool-call')
    return [{ kind: 'tool-arguments', index: this.#index, json }]
  }

  #endItem(item: JsonObject): readonly ChatEvent[] {
    this.#checkStarted()
    const signature = textIn(item.encrypted_content)
    const whole = textIn(item.arguments)
    const isTold = this.#parts.at(-1)?.isTold === true
    if (this.#open === 'reasoning' && signature !== undefined) {
      this.#tell('reasoning')
      return [{ kind: 'reasoning', index: this.#index, text: '', signature: signedBy('openai', signature) }]
    }
    // Some providers tell the arguments of a call only at its end.
    return this.#open === 'tool-call' && !isTold ? this.#arguments(whole) : []
  }

  #end(response: JsonObject): readonly ChatEvent[] {
    this.#checkStarted()
    this.#ended = true
    const reason = readEnding(response, this.#parts)
    const usage = responsesUsage(response.usage)
    return [given<ChatEvent & { kind: 'finish' }>({ kind: 'finish', reason, usage })]
  }

  get #index(): number {
    return this.#parts.length - 1
  }

  /** Notes that the open item says something; one of that kind must be open. */
  #tell(kind: PartKind): void {
    const part = this.#parts.at(-1)
    if (this.#open !== kind || part === undefined) {
      throw new ProviderFailure(
        'malformed',
        'Expected the provider to begin an item before it tells a piece of it.',
      )
    }
    part.isTold = true
  }

  #checkStarted(): void {
    if (this.#started) return
    throw new ProviderFailure('malformed', 'Expected `response.created` from the provider first.')
  }
}
