import type { AnswerKeeper, ChatAnswer, ChatEvent, ChatRequest, JsonObject } from '../../contracts/index.ts'
import type { ChatEventWriter } from '../caller-protocol.ts'
import { sseText } from '../sse.ts'
import { itemId, outputItem, outputText } from './output-items.ts'
import { responsesUsageObject } from './usage.ts'
import { ending, responseObject } from './write-answer.ts'

/** A part of the answer as far as it has come. */
type OpenPart = ChatAnswer['content'][number] & { readonly index: number; readonly itemId: string }

/** Writes the events of a streamed response: one item after the other. Keeps the answer, which its last event repeats. */
export class ResponsesWriter implements ChatEventWriter {
  readonly #request: ChatRequest
  readonly #keeper: AnswerKeeper | undefined
  #start: ChatEvent & { kind: 'start' } = { kind: 'start', id: '', model: '', createdAt: 0 }
  #sequence = 0
  #open: OpenPart | undefined
  readonly #output: JsonObject[] = []

  constructor(request: ChatRequest, keeper?: AnswerKeeper) {
    this.#request = request
    this.#keeper = keeper
  }

  write(event: ChatEvent): string {
    switch (event.kind) {
      case 'start': {
        this.#start = event
        this.#keeper?.answered(event.id)
        const response = responseObject(event, this.#request, {})
        return (
          this.#written('response.created', { response }) +
          this.#written('response.in_progress', { response })
        )
      }
      case 'text': {
        const begun = this.#begin(event.index, { kind: 'text', text: '' })
        return begun + this.#extend(event.text)
      }
      case 'reasoning': {
        const begun = this.#begin(event.index, { kind: 'reasoning', text: '' })
        const extended = event.text === '' ? '' : this.#extend(event.text)
        if (event.signature !== undefined && this.#open?.kind === 'reasoning') {
          this.#open = { ...this.#open, signature: event.signature }
        }
        return begun + extended
      }
      case 'tool-call': {
        const { id, name } = event
        return this.#begin(event.index, { kind: 'tool-call', id, name, arguments: '' })
      }
      case 'tool-arguments':
        return this.#extend(event.json)
      case 'finish': {
        const done = this.#endPart()
        const end = ending(event.reason)
        const response = responseObject(this.#start, this.#request, {
          ...end,
          output: this.#output,
          usage: event.usage === undefined ? null : responsesUsageObject(event.usage),
        })
        return done + this.#written(`response.${end.status}`, { response })
      }
    }
  }

  /** Begins an item unless the part already has one. */
  #begin(index: number, part: ChatAnswer['content'][number]): string {
    if (this.#open?.index === index) return ''
    const before = this.#endPart()
    const id = itemId(this.#start.id, part, this.#output.length, this.#keeper)
    const open = { ...part, index, itemId: id }
    this.#open = open
    const item = outputItem(part, id, 'in_progress')
    let text =
      before + this.#written('response.output_item.added', { output_index: this.#output.length, item })
    if (part.kind === 'text') {
      text += this.#ofItem('response.content_part.added', open, { content_index: 0, part: outputText('') })
    }
    return text
  }

  #extend(delta: string): string {
    const open = this.#open
    if (open === undefined) return ''
    switch (open.kind) {
      case 'text':
        this.#open = { ...open, text: open.text + delta }
        return this.#ofItem('response.output_text.delta', open, { content_index: 0, delta, logprobs: [] })
      case 'reasoning': {
        const begun =
          open.text === ''
            ? this.#ofItem('response.reasoning_summary_part.added', open, {
                summary_index: 0,
                part: { type: 'summary_text', text: '' },
              })
            : ''
        this.#open = { ...open, text: open.text + delta }
        return (
          begun + this.#ofItem('response.reasoning_summary_text.delta', open, { summary_index: 0, delta })
        )
      }
      case 'tool-call':
        this.#open = { ...open, arguments: open.arguments + delta }
        return this.#ofItem('response.function_call_arguments.delta', open, { delta })
    }
  }

  #endPart(): string {
    const open = this.#open
    if (open === undefined) return ''
    this.#open = undefined
    const item = outputItem(open, open.itemId, 'completed')
    const text =
      this.#ends(open) +
      this.#written('response.output_item.done', { output_index: this.#output.length, item })
    this.#output.push(item)
    this.#keeper?.keep(open.itemId, item)
    return text
  }

  #ends(open: OpenPart): string {
    switch (open.kind) {
      case 'text': {
        const { text } = open
        return (
          this.#ofItem('response.output_text.done', open, { content_index: 0, text, logprobs: [] }) +
          this.#ofItem('response.content_part.done', open, { content_index: 0, part: outputText(text) })
        )
      }
      case 'reasoning': {
        const { text } = open
        if (text === '') return ''
        const part = { type: 'summary_text', text }
        return (
          this.#ofItem('response.reasoning_summary_text.done', open, { summary_index: 0, text }) +
          this.#ofItem('response.reasoning_summary_part.done', open, { summary_index: 0, part })
        )
      }
      case 'tool-call':
        return this.#ofItem('response.function_call_arguments.done', open, {
          name: open.name,
          arguments: open.arguments,
        })
    }
  }

  #ofItem(type: string, open: OpenPart, fields: object): string {
    return this.#written(type, { item_id: open.itemId, output_index: this.#output.length, ...fields })
  }

  #written(type: string, fields: object): string {
    const text = sseText(type, JSON.stringify({ type, sequence_number: this.#sequence, ...fields }))
    this.#sequence += 1
    return text
  }
}
