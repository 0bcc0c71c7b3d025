import type { ChatAnswer, FinishReason, JsonObject, ToolCallPart } from '../../contracts/index.ts'
import { ProviderFailure } from '../../errors/index.ts'
import { streamFailure } from '../http-failure.ts'
import { given, isObject, numberIn, objectIn, objectsIn, textIn } from '../json-fields.ts'
import { chatUsage } from './usage.ts'

/** @throws ProviderFailure `malformed` */
export function readChatAnswer(body: JsonObject, createdAt = 0): ChatAnswer {
  // Some providers tell an error with status 200.
  if (isObject(body.error)) throw streamFailure(body.error)
  const choice = objectsIn(body.choices)[0]
  if (choice === undefined || !isObject(choice.message)) {
    throw new ProviderFailure('malformed', 'Expected `choices[0].message` in the answer of the provider.')
  }
  const { message } = choice
  const thought = textIn(message.reasoning_content) ?? textIn(message.reasoning) ?? ''
  const said = textIn(message.content) ?? ''
  const refusal = textIn(message.refusal) ?? ''
  const calls = objectsIn(message.tool_calls).map(readToolCall)
  return given<ChatAnswer>({
    id: textIn(body.id) ?? '',
    model: textIn(body.model) ?? '',
    createdAt: numberIn(body.created) ?? createdAt,
    content: [
      ...(thought === '' ? [] : [{ kind: 'reasoning' as const, text: thought }]),
      ...(said === '' ? [] : [{ kind: 'text' as const, text: said }]),
      ...(refusal === '' ? [] : [{ kind: 'text' as const, text: refusal }]),
      ...calls,
    ],
    finish: readFinish(choice.finish_reason, refusal !== '', calls.length > 0),
    usage: chatUsage(body.usage),
  })
}

function readToolCall(call: JsonObject, index: number): ToolCallPart {
  const called = objectIn(call.function)
  const name = textIn(called.name)
  if (name === undefined) {
    throw new ProviderFailure('malformed', `Expected a function name in tool call ${index} of the provider.`)
  }
  return {
    kind: 'tool-call',
    id: textIn(call.id) ?? `call_${index}`,
    name,
    arguments: textIn(called.arguments) ?? JSON.stringify(called.arguments ?? {}),
  }
}

/** Why an answer ended, in the words of OpenAI; where a provider uses others, by what the answer holds. */
export function readFinish(reason: unknown, isRefusal: boolean, callsTools: boolean): FinishReason {
  if (isRefusal || reason === 'content_filter') return 'content-filter'
  if (reason === 'length') return 'length'
  return callsTools ? 'tool-calls' : 'stop'
}
