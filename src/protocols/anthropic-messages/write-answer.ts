import type { ChatAnswer, JsonObject, TokenUsage } from '../../contracts/index.ts'
import { isObject } from '../json-fields.ts'
import { signatureOf } from '../signatures.ts'
import { stopReason } from './finish.ts'
import { messagesUsageObject } from './usage.ts'

export const NO_USAGE: TokenUsage = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
}

/** The body of a message. */
export function writeMessagesAnswer(answer: ChatAnswer): JsonObject {
  return {
    id: answer.id,
    type: 'message',
    role: 'assistant',
    model: answer.model,
    content: answer.content.map(writeBlock),
    stop_reason: stopReason(answer.finish),
    stop_sequence: null,
    usage: messagesUsageObject(answer.usage ?? NO_USAGE),
  }
}

function writeBlock(part: ChatAnswer['content'][number]): JsonObject {
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: part.text, citations: null }
    case 'reasoning':
      return { type: 'thinking', thinking: part.text, signature: shownSignature(part.signature) }
    case 'tool-call':
      return { type: 'tool_use', id: part.id, name: part.name, input: writeInput(part.arguments) }
  }
}

/** Anthropic's own signatures as they were; those of others with their maker's name. */
export function shownSignature(signature: string | undefined): string {
  return signatureOf('anthropic', signature) ?? signature ?? ''
}

// A model may write arguments that are no JSON; a caller of this protocol cannot be told them as they are.
function writeInput(json: string): JsonObject {
  try {
    const input: unknown = JSON.parse(json)
    return isObject(input) ? input : { value: input }
  } catch {
    return json.trim() === '' ? {} : { unparsed: json }
  }
}
