import type { ChatAnswer, ChatEvent } from '../contracts/index.ts'
import { given } from './json-fields.ts'

type AnswerPart = ChatAnswer['content'][number]

/** The whole answer that events tell; `start` first, `finish` last. */
export function answerOfEvents(events: readonly ChatEvent[]): ChatAnswer {
  const parts = new Map<number, AnswerPart>()
  let answer: ChatAnswer = { id: '', model: '', createdAt: 0, content: [], finish: 'stop' }
  for (const event of events) {
    switch (event.kind) {
      case 'start':
        answer = { ...answer, id: event.id, model: event.model, createdAt: event.createdAt }
        break
      case 'text': {
        const before = parts.get(event.index)
        const text = (before?.kind === 'text' ? before.text : '') + event.text
        parts.set(event.index, { kind: 'text', text })
        break
      }
      case 'reasoning': {
        const before = parts.get(event.index)
        const { text, signature } = before?.kind === 'reasoning' ? before : { text: '', signature: undefined }
        parts.set(
          event.index,
          given<AnswerPart & { kind: 'reasoning' }>({
            kind: 'reasoning',
            text: text + event.text,
            signature: event.signature ?? signature,
          }),
        )
        break
      }
      case 'tool-call':
        parts.set(event.index, { kind: 'tool-call', id: event.id, name: event.name, arguments: '' })
        break
      case 'tool-arguments': {
        const call = parts.get(event.index)
        if (call?.kind === 'tool-call') {
          parts.set(event.index, { ...call, arguments: call.arguments + event.json })
        }
        break
      }
      case 'finish':
        answer = {
          ...answer,
          finish: event.reason,
          ...(event.usage === undefined ? {} : { usage: event.usage }),
        }
    }
  }
  return { ...answer, content: [...parts.values()] }
}
