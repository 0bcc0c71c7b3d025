import type { ChatEvent, JsonObject, TokenUsage } from '../../contracts/index.ts'
import { ProviderFailure } from '../../errors/index.ts'
import { eventType } from '../event-type.ts'
import { streamFailure } from '../http-failure.ts'
import { given, objectIn, providerObject, textIn } from '../json-fields.ts'
import type { ChatEventReader } from '../provider-protocol.ts'
import { signedBy } from '../signatures.ts'
import type { SseEvent } from '../sse.ts'
import { truncated } from '../truncated.ts'
import { readStopReason } from './finish.ts'
import { messagesUsage } from './usage.ts'

/** Reads the events of a streamed message. */
export class MessagesReader implements ChatEventReader {
  readonly #createdAt: number
  #started = false
  #ended = false
  #parts = 0
  /** What the block that is being told is; undefined for kinds that are left out. */
  #open: 'text' | 'thinking' | 'tool_use' | undefined
  /** Input that came with the start of a tool call; sent on where no pieces follow. */
  #wholeInput: string | undefined
  #usage: TokenUsage | undefined
  #stopReason: unknown

  constructor(createdAt = 0) {
    this.#createdAt = createdAt
  }

  read(event: SseEvent): readonly ChatEvent[] {
    if (this.#ended) return []
    switch (eventType(event)) {
      case 'message_start':
        return this.#start(objectIn(providerObject(event.data).message))
      case 'content_block_start':
        return this.#startBlock(objectIn(providerObject(event.data).content_block))
      case 'content_block_delta':
        return this.#readDelta(objectIn(providerObject(event.data).delta))
      case 'content_block_stop':
        return this.#endBlock()
      case 'message_delta': {
        const { delta, usage } = providerObject(event.data)
        this.#stopReason = objectIn(delta).stop_reason ?? this.#stopReason
        this.#usage = messagesUsage(usage, this.#usage)
        return []
      }
      case 'message_stop':
        return this.#end()
      case 'error':
        throw streamFailure(providerObject(event.data).error)
      default:
        return []
    }
  }

  end(): readonly ChatEvent[] {
    if (!this.#ended) throw truncated()
    return []
  }

  #start(message: JsonObject): readonly ChatEvent[] {
    this.#started = true
    this.#usage = messagesUsage(message.usage)
    const id = textIn(message.id) ?? ''
    return [{ kind: 'start', id, model: textIn(message.model) ?? '', createdAt: this.#createdAt }]
  }

  #startBlock(block: JsonObject): readonly ChatEvent[] {
    if (!this.#started) throw outOfOrder('content_block_start')
    this.#open = undefined
    this.#wholeInput = undefined
    const { type } = block
    if (type !== 'text' && type !== 'thinking' && type !== 'tool_use') return []
    this.#open = type
    this.#parts += 1
    if (type === 'text') return this.#text(textIn(block.text))
    if (type === 'thinking') return this.#thought(textIn(block.thinking), textIn(block.signature))
    const id = textIn(block.id)
    const name = textIn(block.name)
    if (id === undefined || name === undefined) {
      throw new ProviderFailure('malformed', 'Expected `id` and `name` in a tool call of the provider.')
    }
    if (Object.keys(objectIn(block.input)).length > 0) this.#wholeInput = JSON.stringify(block.input)
    return [{ kind: 'tool-call', index: this.#index, id, name }]
  }

  #readDelta(delta: JsonObject): readonly ChatEvent[] {
    if (!this.#started) throw outOfOrder('content_block_delta')
    if (this.#open === 'text' && delta.type === 'text_delta') return this.#text(textIn(delta.text))
    if (this.#open === 'thinking') {
      if (delta.type === 'thinking_delta') return this.#thought(textIn(delta.thinking), undefined)
      if (delta.type === 'signature_delta') return this.#thought(undefined, textIn(delta.signature))
    }
    if (this.#open === 'tool_use' && delta.type === 'input_json_delta') {
      const json = textIn(delta.partial_json) ?? ''
      if (json === '') return []
      this.#wholeInput = undefined
      return [{ kind: 'tool-arguments', index: this.#index, json }]
    }
    return []
  }

  #endBlock(): readonly ChatEvent[] {
    const json = this.#wholeInput
    this.#open = undefined
    this.#wholeInput = undefined
    return json === undefined ? [] : [{ kind: 'tool-arguments', index: this.#index, json }]
  }

  #end(): readonly ChatEvent[] {
    if (!this.#started) throw outOfOrder('message_stop')
    this.#ended = true
    const reason = readStopReason(this.#stopReason)
    return [given<ChatEvent & { kind: 'finish' }>({ kind: 'finish', reason, usage: this.#usage })]
  }

  get #index(): number {
    return this.#parts - 1
  }

  #text(text: string | undefined): readonly ChatEvent[] {
    return text ? [{ kind: 'text', index: this.#index, text }] : []
  }

  #thought(text: string | undefined, signature: string | undefined): readonly ChatEvent[] {
    if (signature) {
      return [
        {
          kind: 'reasoning',
          index: this.#index,
          text: text ?? '',
          signature: signedBy('anthropic', signature),
        },
      ]
    }
    return text ? [{ kind: 'reasoning', index: this.#index, text }] : []
  }
}

function outOfOrder(type: string): ProviderFailure {
  return new ProviderFailure('malformed', `Expected \`message_start\` from the provider before ${type}.`)
}
