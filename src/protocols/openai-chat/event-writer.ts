import type { ChatEvent, ChatRequest } from '../../contracts/index.ts'
import type { ChatEventWriter } from '../caller-protocol.ts'
import { chatUsageObject } from './usage.ts'
import { writeFinish } from './write-answer.ts'

/** Writes the chunks of a streamed chat completion. */
export class ChatCompletionWriter implements ChatEventWriter {
  readonly #usageWanted: boolean
  /** What all chunks begin with, as JSON text without its closing brace. */
  #head = ''
  #calls = 0

  /** The usage is told at the end where the request says `includeUsage`, as those read from a chat body do. */
  constructor(request: ChatRequest) {
    this.#usageWanted = 'includeUsage' in request && request.includeUsage === true
  }

  write(event: ChatEvent): string {
    switch (event.kind) {
      case 'start':
        this.#head = headOf(event)
        return this.#delta({ role: 'assistant', content: '' })
      case 'text':
        return this.#delta({ content: event.text })
      case 'reasoning':
        return event.text === '' ? '' : this.#delta({ reasoning_content: event.text })
      case 'tool-call':
        this.#calls += 1
        return this.#call({
          id: event.id,
          type: 'function',
          function: { name: event.name, arguments: '' },
        })
      case 'tool-arguments':
        return this.#call({ function: { arguments: event.json } })
      case 'finish': {
        const { reason, usage } = event
        let text = this.#chunk([{ index: 0, delta: {}, logprobs: null, finish_reason: writeFinish(reason) }])
        if (this.#usageWanted && usage !== undefined) text += this.#chunk([], chatUsageObject(usage))
        return `${text}data: [DONE]\n\n`
      }
    }
  }

  #call(call: object): string {
    return this.#delta({ tool_calls: [{ index: this.#calls - 1, ...call }] })
  }

  #delta(delta: object): string {
    return this.#chunk([{ index: 0, delta, logprobs: null, finish_reason: null }])
  }

  #chunk(choices: readonly object[], usage: object | null = null): string {
    const told = this.#usageWanted ? `,"usage":${JSON.stringify(usage)}` : ''
    return `data: ${this.#head},"choices":${JSON.stringify(choices)}${told}}\n\n`
  }
}

function headOf({ id, createdAt, model }: ChatEvent & { kind: 'start' }): string {
  const head = JSON.stringify({ id, object: 'chat.completion.chunk', created: createdAt, model })
  return head.slice(0, -1)
}
