import type { ChatAnswer, FinishReason, JsonObject } from '../../contracts/index.ts'
import { given } from '../json-fields.ts'
import { chatUsageObject } from './usage.ts'

const FINISH: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
}

/** Why an answer ended, in the words of OpenAI. */
export function writeFinish(reason: FinishReason): string {
  return FINISH[reason]
}

/** The body of a chat completion. */
export function writeChatAnswer(answer: ChatAnswer): JsonObject {
  const texts: string[] = []
  const thoughts: string[] = []
  const calls: JsonObject[] = []
  for (const part of answer.content) {
    if (part.kind === 'text') texts.push(part.text)
    else if (part.kind === 'reasoning') thoughts.push(part.text)
    else {
      calls.push({
        id: part.id,
        type: 'function',
        function: { name: part.name, arguments: part.arguments },
      })
    }
  }
  const thought = thoughts.join('')
  return given<Record<string, unknown>>({
    id: answer.id,
    object: 'chat.completion',
    created: answer.createdAt,
    model: answer.model,
    choices: [
      {
        index: 0,
        message: given<Record<string, unknown>>({
          role: 'assistant',
          content: texts.length === 0 && calls.length > 0 ? null : texts.join(''),
          refusal: null,
          reasoning_content: thought === '' ? undefined : thought,
          tool_calls: calls.length === 0 ? undefined : calls,
        }),
        logprobs: null,
        finish_reason: FINISH[answer.finish],
      },
    ],
    usage: answer.usage === undefined ? undefined : chatUsageObject(answer.usage),
  })
}
