import type {
  CallOptions,
  ChatAnswer,
  ChatEvent,
  ChatRequest,
  ModelCall,
  Provider,
  ProviderAnswer,
} from '../contracts/index.ts'
import { callerProtocols } from '../protocols/caller-protocols.ts'
import { writeChatEvents } from './write-chat-events.ts'

/** Answers one request; what it throws is a `ProviderFailure`. */
type AnswerChat = (request: ChatRequest, model: string, options: CallOptions) => Promise<ChatAnswer>

/** A provider that answers in the canonical form, whatever the caller speaks. */
export function localProvider(name: string, answerChat: AnswerChat): Provider {
  return {
    name,
    async call(call: ModelCall, model: string, options: CallOptions): Promise<ProviderAnswer> {
      const caller = callerProtocols[call.protocol]
      const request = caller.readRequest(call.body)
      const answer = await answerChat(request, model, options)
      const { usage } = answer
      if (call.stream) return writeChatEvents(eventsOf(answer), caller.eventWriter(request, options.keeper))
      const text = JSON.stringify(caller.writeAnswer(answer, request, options.keeper))
      return usage === undefined ? { kind: 'whole', text } : { kind: 'whole', text, usage }
    },
  }
}

/** A whole answer as it would have come in pieces: a word at a time. */
async function* eventsOf(answer: ChatAnswer): AsyncGenerator<readonly ChatEvent[]> {
  const { id, model, createdAt, content, finish, usage } = answer
  yield [{ kind: 'start', id, model, createdAt }]
  for (const [index, part] of content.entries()) {
    if (part.kind === 'tool-call') {
      yield [
        { kind: 'tool-call', index, id: part.id, name: part.name },
        { kind: 'tool-arguments', index, json: part.arguments },
      ]
      continue
    }
    for (const [text] of part.text.matchAll(/\S+\s*|^\s+/g)) yield [{ kind: part.kind, index, text }]
  }
  yield [usage === undefined ? { kind: 'finish', reason: finish } : { kind: 'finish', reason: finish, usage }]
}
