import type { ChatAnswer, JsonObject } from '../../contracts/index.ts'
import { ProviderFailure } from '../../errors/index.ts'
import { given, objectsIn, textIn } from '../json-fields.ts'
import { signedBy } from '../signatures.ts'
import { readStopReason } from './finish.ts'
import { messagesUsage } from './usage.ts'

/**
 * @param createdAt seconds since the epoch; Anthropic does not tell it
 * @throws ProviderFailure `malformed`
 */
export function readMessagesAnswer(body: JsonObject, createdAt = 0): ChatAnswer {
  if (!Array.isArray(body.content)) {
    throw new ProviderFailure('malformed', 'Expected a list `content` in the answer of the provider.')
  }
  return given<ChatAnswer>({
    id: textIn(body.id) ?? '',
    model: textIn(body.model) ?? '',
    createdAt,
    content: objectsIn(body.content).flatMap(readBlock),
    finish: readStopReason(body.stop_reason),
    usage: messagesUsage(body.usage),
  })
}

/** Blocks of other kinds come only from tools of Anthropic's own, which a translated request never asks for. */
function readBlock(block: JsonObject): ChatAnswer['content'] {
  switch (block.type) {
    case 'text':
      return [{ kind: 'text', text: textIn(block.text) ?? '' }]
    case 'thinking': {
      const text = textIn(block.thinking) ?? ''
      const signature = textIn(block.signature)
      return signature === undefined || signature === ''
        ? [{ kind: 'reasoning', text }]
        : [{ kind: 'reasoning', text, signature: signedBy('anthropic', signature) }]
    }
    case 'tool_use': {
      const id = textIn(block.id)
      const name = textIn(block.name)
      if (id === undefined || name === undefined) {
        throw new ProviderFailure('malformed', 'Expected `id` and `name` in a tool call of the provider.')
      }
      return [{ kind: 'tool-call', id, name, arguments: JSON.stringify(block.input ?? {}) }]
    }
    default:
      return []
  }
}
