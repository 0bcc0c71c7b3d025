import type { ChatAnswer, FinishReason, JsonObject } from '../../contracts/index.ts'
import { ProviderFailure } from '../../errors/index.ts'
import { streamFailure } from '../http-failure.ts'
import { given, isObject, numberIn, objectIn, objectsIn, textIn } from '../json-fields.ts'
import { signedBy } from '../signatures.ts'
import { responsesUsage } from './usage.ts'

/** @throws ProviderFailure `malformed`, or what made the response fail */
export function readResponsesAnswer(body: JsonObject, createdAt = 0): ChatAnswer {
  if (isObject(body.error)) throw streamFailure(body.error)
  if (!Array.isArray(body.output)) {
    throw new ProviderFailure('malformed', 'Expected a list `output` in the answer of the provider.')
  }
  const content = objectsIn(body.output).flatMap(readItem)
  return given<ChatAnswer>({
    id: textIn(body.id) ?? '',
    model: textIn(body.model) ?? '',
    createdAt: numberIn(body.created_at) ?? createdAt,
    content,
    finish: readEnding(body, content),
    usage: responsesUsage(body.usage),
  })
}

/** Why a response ended. */
export function readEnding(body: JsonObject, content: readonly { readonly kind: string }[]): FinishReason {
  if (body.status === 'incomplete') {
    const { reason } = objectIn(body.incomplete_details)
    return reason === 'content_filter' ? 'content-filter' : 'length'
  }
  return content.some(({ kind }) => kind === 'tool-call') ? 'tool-calls' : 'stop'
}

/** Items of other kinds come only from tools of OpenAI's own, which a translated request never asks for. */
function readItem(item: JsonObject): ChatAnswer['content'] {
  switch (item.type) {
    case 'message':
      return objectsIn(item.content).flatMap((part) => {
        const text = textIn(part.text) ?? textIn(part.refusal)
        return text === undefined ? [] : [{ kind: 'text' as const, text }]
      })
    case 'reasoning': {
      const text = [...objectsIn(item.summary), ...objectsIn(item.content)]
        .map((part) => textIn(part.text) ?? '')
        .join('\n\n')
      const signature = textIn(item.encrypted_content)
      if (signature === undefined) return text === '' ? [] : [{ kind: 'reasoning', text }]
      return [{ kind: 'reasoning', text, signature: signedBy('openai', signature) }]
    }
    case 'function_call': {
      const id = textIn(item.call_id)
      const name = textIn(item.name)
      if (id === undefined || name === undefined) {
        throw new ProviderFailure(
          'malformed',
          'Expected `call_id` and `name` in a function call of the provider.',
        )
      }
      return [{ kind: 'tool-call', id, name, arguments: textIn(item.arguments) ?? '' }]
    }
    default:
      return []
  }
}
