import type { ChatEvent, JsonObject, TokenUsage } from '../../contracts/index.ts'
import { ProviderFailure } from '../../errors/index.ts'
import { streamFailure } from '../http-failure.ts'
import { given, isObject, numberIn, objectIn, objectsIn, providerObject, textIn } from '../json-fields.ts'
import type { ChatEventReader } from '../provider-protocol.ts'
import type { SseEvent } from '../sse.ts'
import { truncated } from '../truncated.ts'
import { readFinish } from './read-answer.ts'
import { chatUsage } from './usage.ts'

interface OpenCall {
  /** As the provider counts calls. */
  readonly number: number
  readonly id: string
  /** Of the part, once its name has come. */
  index: number | undefined
  /** What came before the name. */
  arguments: string
}

/** Reads the chunks of a streamed chat completion. */
export class ChatCompletionReader implements ChatEventReader {
  readonly #createdAt: number
  #started = false
  #ended = false
  #parts = 0
  /** What the part that is being told is. */
  #open: 'text' | 'reasoning' | 'tool-call' | undefined
  #call: OpenCall | undefined
  #callsTools = false
  #isRefusal = false
  #finish: unknown
  #usage: TokenUsage | undefined

  constructor(createdAt = 0) {
    this.#createdAt = createdAt
  }

  read(event: SseEvent): readonly ChatEvent[] {
    if (this.#ended) return []
    if (event.data.startsWith('[DONE]')) return this.#end()
    const chunk = providerObject(event.data)
    if (isObject(chunk.error) || typeof chunk.error === 'string') throw streamFailure(chunk.error)
    if (event.event === 'error') throw streamFailure(chunk)
    const events: ChatEvent[] = []
    this.#usage = chatUsage(chunk.usage) ?? this.#usage
    const choice = objectsIn(chunk.choices)[0]
    if (choice === undefined) return events
    if (!this.#started) {
      this.#started = true
      events.push({
        kind: 'start',
        id: textIn(chunk.id) ?? '',
        model: textIn(chunk.model) ?? '',
        createdAt: numberIn(chunk.created) ?? this.#createdAt,
      })
    }
    this.#readDelta(objectIn(choice.delta), events)
    this.#finish = textIn(choice.finish_reason) ?? this.#finish
    return events
  }

  end(): readonly ChatEvent[] {
    if (!this.#ended) throw truncated()
    return []
  }

  #end(): readonly ChatEvent[] {
    if (!this.#started || this.#finish === undefined) throw truncated()
    this.#ended = true
    const reason = readFinish(this.#finish, this.#isRefusal, this.#callsTools)
    return [given<ChatEvent & { kind: 'finish' }>({ kind: 'finish', reason, usage: this.#usage })]
  }

  #readDelta(delta: JsonObject, events: ChatEvent[]): void {
    const thought = textIn(delta.reasoning_content) ?? textIn(delta.reasoning)
    if (thought) events.push({ kind: 'reasoning', index: this.#partOf('reasoning'), text: thought })
    const said = textIn(delta.content)
    if (said) events.push({ kind: 'text', index: this.#partOf('text'), text: said })
    const refusal = textIn(delta.refusal)
    if (refusal) {
      this.#isRefusal = true
      events.push({ kind: 'text', index: this.#partOf('text'), text: refusal })
    }
    for (const call of objectsIn(delta.tool_calls)) this.#readCall(call, events)
  }

  /** The part that a piece belongs to: the one being told where it is of the same kind, or a new one. */
  #partOf(kind: 'text' | 'reasoning'): number {
    if (this.#open !== kind) {
      this.#open = kind
      this.#parts += 1
    }
    return this.#parts - 1
  }

  #readCall(call: JsonObject, events: ChatEvent[]): void {
    const called = objectIn(call.function)
    const id = textIn(call.id)
    const known = this.#call
    // Not every provider numbers its calls; then a new identifier begins a new call.
    const isNew = id !== undefined && id !== '' && id !== known?.id
    const number = numberIn(call.index) ?? (isNew ? (known?.number ?? -1) + 1 : (known?.number ?? 0))
    let open = known
    if (open === undefined || this.#open !== 'tool-call' || number !== open.number) {
      if (known !== undefined && number <= known.number) {
        throw new ProviderFailure(
          'malformed',
          'Expected the tool calls of the provider one after the other; a piece of an earlier one came.',
        )
      }
      open = { number, id: id ?? `call_${number}`, index: undefined, arguments: '' }
      this.#call = open
      this.#open = 'tool-call'
      this.#callsTools = true
    }
    const json = textIn(called.arguments) ?? ''
    const name = textIn(called.name)
    if (open.index === undefined) {
      open.arguments += json
      if (name === undefined || name === '') return
      open.index = this.#parts
      this.#parts += 1
      events.push({ kind: 'tool-call', index: open.index, id: open.id, name })
      if (open.arguments !== '') {
        events.push({ kind: 'tool-arguments', index: open.index, json: open.arguments })
      }
    } else if (json !== '') {
      events.push({ kind: 'tool-arguments', index: open.index, json })
    }
  }
}
