import type { ChatAnswer, ChatMessage, ChatRequest } from '../contracts/index.ts'

interface AnswerOrigin {
  /** Distinguishes the answers of a process. */
  readonly nextId: () => string
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Characters to a token, about; nothing was really counted in tokens. */
const CHARACTERS_PER_TOKEN = 4

/** An answer that is only text, with a count of tokens that is an estimate. */
export function textAnswer(
  request: ChatRequest,
  model: string,
  text: string,
  { nextId, now }: AnswerOrigin,
): ChatAnswer {
  const asked = request.messages.reduce((sum, message) => sum + textOf(message).length, 0)
  return {
    id: nextId(),
    model,
    createdAt: Math.floor(now() / 1000),
    content: [{ kind: 'text', text }],
    finish: 'stop',
    usage: {
      inputTokens: Math.ceil(asked / CHARACTERS_PER_TOKEN),
      outputTokens: Math.ceil(text.length / CHARACTERS_PER_TOKEN),
      cachedInputTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
    },
  }
}

/** The text of the last user message; empty where there is none. */
export function lastUserText({ messages }: ChatRequest): string {
  const last = messages.findLast(({ role }) => role === 'user')
  return last === undefined ? '' : textOf(last)
}

function textOf({ content }: ChatMessage): string {
  return content.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('\n')
}
