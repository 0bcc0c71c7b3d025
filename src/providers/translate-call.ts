import type {
  AnswerKeeper,
  ChatEvent,
  JsonObject,
  ModelCall,
  ProviderAnswer,
  TransportAnswer,
} from '../contracts/index.ts'
import { callerProtocols } from '../protocols/caller-protocols.ts'
import { SseParser } from '../protocols/sse.ts'
import { ANSWER_LIMIT_BYTES } from './answer-limit.ts'
import { eventStreamBody } from './begin-stream.ts'
import { failedAnswer } from './failed-answer.ts'
import { finishBody } from './finish-body.ts'
import { parseAnswer } from './parse-answer.ts'
import type { Translation } from './translation.ts'
import { writeChatEvents } from './write-chat-events.ts'

interface TranslatedRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonObject
}

/**
 * Makes a call in another protocol than the caller's, through the canonical form.
 * @throws StrataError `untranslatable` where something of the call would be lost
 */
export async function translateCall(
  call: ModelCall,
  model: string,
  translation: Translation,
  send: (request: TranslatedRequest) => Promise<TransportAnswer>,
  keeper?: AnswerKeeper,
): Promise<ProviderAnswer> {
  const caller = callerProtocols[call.protocol]
  const request = caller.readRequest(call.body)
  const answer = await send({
    url: translation.url(model, call.stream),
    headers: translation.headers ?? {},
    body: translation.writeRequest(request, model),
  })
  if (answer.status !== 200) throw await failedAnswer(answer, translation.failureOf)
  if (call.stream) {
    const chunks = await eventStreamBody(answer)
    return writeChatEvents(readChatEvents(chunks, translation), caller.eventWriter(request, keeper))
  }
  const body = parseAnswer(await answer.text(ANSWER_LIMIT_BYTES))
  const chatAnswer = translation.readAnswer(body, secondsOf(translation))
  const text = JSON.stringify(caller.writeAnswer(chatAnswer, request, keeper))
  return chatAnswer.usage === undefined
    ? { kind: 'whole', text }
    : { kind: 'whole', text, usage: chatAnswer.usage }
}

const secondsOf = ({ now }: Translation): number => Math.floor(now() / 1000)

/** The canonical events of a provider's stream; those of one piece of it together. */
async function* readChatEvents(
  body: AsyncIterable<Uint8Array>,
  translation: Translation,
): AsyncGenerator<readonly ChatEvent[], undefined> {
  const parser = new SseParser()
  const reader = translation.eventReader(secondsOf(translation))
  const chunks = body[Symbol.asyncIterator]()
  let hasBegun = false
  let hasEnded = false
  try {
    for (;;) {
      const { done, value } = await chunks.next()
      if (done === true) break
      const events: ChatEvent[] = []
      try {
        for (const event of parser.push(value)) events.push(...reader.read(event))
      } catch (error) {
        // What fails along with the first events fails at once, while another provider can still be asked.
        if (hasBegun && events.length > 0) yield events
        throw error
      }
      if (events.length === 0) continue
      hasBegun = true
      if (events.at(-1)?.kind === 'finish') {
        hasEnded = true
        void finishBody(chunks)
      }
      yield events
      if (hasEnded) return
    }
    hasEnded = true
  } finally {
    if (!hasEnded) await chunks.return?.()
  }
  const rest = reader.end()
  if (rest.length > 0) yield rest
}
