import type { JsonObject } from '../../contracts/index.ts'
import type { EarlierAnswers } from '../caller-protocol.ts'
import { isObject, textIn } from '../json-fields.ts'
import { broughtBack, signatureOf } from '../signatures.ts'
import { isOwnItemId } from './output-items.ts'

/** OpenAI keeps answers unless it is told not to; callers then send the ids of items, or of the answer, instead of the whole. */
export const earlierResponses: EarlierAnswers = {
  mayBeReferredTo: ({ store }) => store !== false,

  withItems(body, itemOf) {
    if (!refersToItems(body)) return body
    return {
      ...body,
      input: body.input.map((item) => (isReference(item) ? (itemOf(item.id) ?? item) : item)),
    }
  },

  refersToItems,
  previousId: ({ previous_response_id }) => textIn(previous_response_id),
}

/** The input without thoughts that another provider's model had, which OpenAI would refuse; the same list where there are none. */
export function withoutForeignThoughts(input: unknown): unknown {
  return Array.isArray(input) && input.some(isForeignThought)
    ? input.filter((item) => !isForeignThought(item))
    : input
}

function isForeignThought(item: unknown): boolean {
  if (!isObject(item) || item.type !== 'reasoning') return false
  const signature = textIn(item.encrypted_content)
  return signature === undefined
    ? isOwnItemId(item.id)
    : signatureOf('openai', broughtBack('openai', signature)) === undefined
}

function refersToItems(body: JsonObject): body is JsonObject & { readonly input: readonly unknown[] } {
  return Array.isArray(body.input) && body.input.some(isReference)
}

function isReference(item: unknown): item is JsonObject & { readonly id: string } {
  return isObject(item) && item.type === 'item_reference' && typeof item.id === 'string'
}
