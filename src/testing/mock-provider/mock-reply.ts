import type { TokenUsage } from '../../contracts/index.ts'
import { schemaExample } from './schema-example.ts'

/** What a protocol's request says, as far as the mock cares. */
export interface MockPrompt {
  readonly model: string
  readonly isStreamed: boolean
  /** Of the last message, which the answer repeats. */
  readonly lastText: string
  /** Whether a user wrote that, and not a tool. */
  readonly isFromUser: boolean
  /** Of all that the model would read. */
  readonly characters: number
  readonly tools: readonly MockTool[]
  /** A tool's name, or `''` where any tool must be called. */
  readonly forcedTool: string | undefined
  /** Of the JSON that the answer must be; `{}` allows any object. */
  readonly schema: unknown
  readonly maxOutputTokens: number | undefined
  readonly wantsReasoning: boolean
}

interface MockTool {
  readonly name: string
  readonly schema: unknown
}

/** What the mock answers, in no protocol yet. */
export interface MockReply {
  readonly model: string
  readonly text: string
  /** The text as a stream brings it. */
  readonly pieces: readonly string[]
  readonly toolCalls: readonly { readonly name: string; readonly arguments: string }[]
  /** What it thought, or the empty text. */
  readonly reasoning: string
  readonly finish: 'stop' | 'length' | 'tools'
  readonly usage: TokenUsage
}

/** How answers look. */
export interface MockShape {
  /** The text of every answer; by default `mock(<model>): ` and the last message. */
  readonly text?: string
  /** Pieces of text in a streamed answer; by default one a word. */
  readonly events?: number
  /** Characters in each of `events`, for which the text is repeated or cut; 16 unless given. */
  readonly charactersPerEvent?: number
  /** Tokens of the prompt that count as read from the provider's cache. Default 0. */
  readonly cachedInputTokens?: number
  /** Tokens of the prompt that count as written to that cache. Default 0. */
  readonly cacheWriteTokens?: number
  /** Tokens that count as thought, besides those of the answer. Default 0. */
  readonly reasoningTokens?: number
  /** What `GET /v1/models` lists. */
  readonly models?: readonly string[]
}

const CHARACTERS_PER_TOKEN = 4
const DEFAULT_CHARACTERS = 16
/** `[tool]` calls the first tool, `[tool:name]` that one, several of these several at once. */
const TOOL_MARKER = /\[tool(?::([^\]]+))?\]/g

export const tokensOf = (characters: number): number => Math.ceil(characters / CHARACTERS_PER_TOKEN)

export function replyTo(prompt: MockPrompt, shape: MockShape): MockReply {
  const reasoning = prompt.wantsReasoning ? `mock reasoning of ${prompt.model}` : ''
  const toolCalls = toolCallsFor(prompt)
  const whole = toolCalls.length > 0 ? '' : textFor(prompt, shape)
  const limit = (prompt.maxOutputTokens ?? Number.POSITIVE_INFINITY) * CHARACTERS_PER_TOKEN
  const text = whole.length > limit ? whole.slice(0, limit) : whole
  const calls = toolCalls.reduce((sum, call) => sum + call.name.length + call.arguments.length, 0)
  const inputTokens = tokensOf(prompt.characters)
  const cachedInputTokens = Math.min(shape.cachedInputTokens ?? 0, inputTokens)
  const reasoningTokens = tokensOf(reasoning.length) + (shape.reasoningTokens ?? 0)
  return {
    model: prompt.model,
    text,
    pieces: piecesOf(text, shape),
    toolCalls,
    reasoning,
    finish: toolCalls.length > 0 ? 'tools' : text === whole ? 'stop' : 'length',
    usage: {
      inputTokens,
      cachedInputTokens,
      cacheWriteTokens: Math.min(shape.cacheWriteTokens ?? 0, inputTokens - cachedInputTokens),
      outputTokens: tokensOf(text.length + calls) + reasoningTokens,
      reasoningTokens,
    },
  }
}

function toolCallsFor({ tools, forcedTool, isFromUser, lastText }: MockPrompt) {
  const [first] = tools
  if (first === undefined) return []
  const marked = isFromUser ? [...lastText.matchAll(TOOL_MARKER)].map((match) => match[1] ?? first.name) : []
  // A tool that was forced is called once, not again upon its own result.
  const forced =
    forcedTool !== undefined && isFromUser && marked.length === 0 ? [forcedTool || first.name] : []
  return [...marked, ...forced].map((name) => ({
    name,
    arguments: JSON.stringify(schemaExample(tools.find((tool) => tool.name === name)?.schema ?? {}, 'mock')),
  }))
}

function textFor({ model, lastText, schema }: MockPrompt, shape: MockShape): string {
  if (schema !== undefined) {
    const example = schemaExample(schema, lastText)
    return JSON.stringify(typeof example === 'string' ? { mock: example } : example)
  }
  const text = shape.text ?? `mock(${model}): ${lastText}`
  const { events, charactersPerEvent = DEFAULT_CHARACTERS } = shape
  if (events === undefined) return text
  const length = events * charactersPerEvent
  return `${text} `.repeat(Math.ceil(length / (text.length + 1))).slice(0, length)
}

/** Cuts a text as a stream would: as the shape asks, or after each word. */
function piecesOf(text: string, { events, charactersPerEvent = DEFAULT_CHARACTERS }: MockShape): string[] {
  if (text === '') return []
  if (events === undefined) return text.match(/\s*\S+|\s+$/g) ?? [text]
  const pieces: string[] = []
  for (let from = 0; from < text.length; ) {
    let to = Math.min(from + charactersPerEvent, text.length)
    // A character of two units stays whole.
    if (/[\uD800-\uDBFF]/.test(text[to - 1] ?? '') && to < text.length) to++
    pieces.push(text.slice(from, to))
    from = to
  }
  return pieces
}

/** The arguments of a tool come in pieces that are no JSON by themselves. */
export function inTwo(text: string): string[] {
  const middle = Math.ceil(text.length / 2)
  return [text.slice(0, middle), text.slice(middle)].filter((part) => part !== '')
}
