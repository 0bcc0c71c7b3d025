import type { ChatEvent } from '../../contracts/index.ts'
import type { ChatEventWriter } from '../caller-protocol.ts'
import { sseText } from '../sse.ts'
import { stopReason } from './finish.ts'
import { messagesUsageObject } from './usage.ts'
import { NO_USAGE, shownSignature } from './write-answer.ts'

/** Writes the events of a streamed message: one block after the other. */
export class MessagesWriter implements ChatEventWriter {
  /** Of the canonical part that is being told. */
  #part: number | undefined
  #blocks = 0

  write(event: ChatEvent): string {
    switch (event.kind) {
      case 'start':
        return written({
          type: 'message_start',
          message: {
            id: event.id,
            type: 'message',
            role: 'assistant',
            model: event.model,
            content: [],
            stop_reason: null,
            stop_sequence: null,
            // The tokens are told at the end, when they are known.
            usage: messagesUsageObject(NO_USAGE),
          },
        })
      case 'text':
        return (
          this.#begin(event.index, { type: 'text', text: '' }) +
          this.#delta({ type: 'text_delta', text: event.text })
        )
      case 'reasoning': {
        let text = this.#begin(event.index, { type: 'thinking', thinking: '', signature: '' })
        if (event.text !== '') text += this.#delta({ type: 'thinking_delta', thinking: event.text })
        if (event.signature !== undefined) {
          text += this.#delta({ type: 'signature_delta', signature: shownSignature(event.signature) })
        }
        return text
      }
      case 'tool-call':
        return this.#begin(event.index, {
          type: 'tool_use',
          id: event.id,
          name: event.name,
          input: {},
        })
      case 'tool-arguments':
        return this.#delta({ type: 'input_json_delta', partial_json: event.json })
      case 'finish': {
        const end = {
          type: 'message_delta',
          delta: { stop_reason: stopReason(event.reason), stop_sequence: null },
          usage: messagesUsageObject(event.usage ?? NO_USAGE),
        }
        return this.#endBlock() + written(end) + written({ type: 'message_stop' })
      }
    }
  }

  /** Begins a block unless the part already has one. */
  #begin(part: number, block: object): string {
    if (part === this.#part) return ''
    const end = this.#endBlock()
    this.#part = part
    this.#blocks += 1
    return end + written({ type: 'content_block_start', index: this.#blocks - 1, content_block: block })
  }

  #delta(delta: object): string {
    return written({ type: 'content_block_delta', index: this.#blocks - 1, delta })
  }

  #endBlock(): string {
    if (this.#part === undefined) return ''
    this.#part = undefined
    return written({ type: 'content_block_stop', index: this.#blocks - 1 })
  }
}

function written(event: { readonly type: string; readonly [field: string]: unknown }): string {
  return sseText(event.type, JSON.stringify(event))
}
