import type {
  ChatMessage,
  ChatPart,
  ChatRequest,
  ImagePart,
  JsonObject,
  TextPart,
  ToolChoice,
} from '../../contracts/index.ts'
import { given, isObject } from '../json-fields.ts'
import { Losses } from '../losses.ts'
import { budgetOfEffort, effortOfBudget } from '../reasoning-effort.ts'
import { signatureOf } from '../signatures.ts'

/**
 * The most that an answer may be long where the caller does not say: Anthropic wants a number. Every model still served
 * may write as much; a longer answer ends as `length`.
 */
const DEFAULT_MAX_TOKENS = 8_192

/** The least that Anthropic lets a model think. */
const MIN_BUDGET = 1_024

/**
 * System messages, wherever they are, become the system prompt in their order; messages of the same side are joined.
 * @throws StrataError `untranslatable`
 */
export function writeMessagesRequest(request: ChatRequest, model: string): JsonObject {
  const losses = new Losses()
  refuseUnknown(request, losses)
  const system = request.messages.flatMap((message, index) =>
    message.role === 'system' ? writeParts(message, index, losses) : [],
  )
  const messages = writeConversation(request.messages, losses)
  losses.throwIfAny('Anthropic messages')
  const asked = request.maxOutputTokens ?? DEFAULT_MAX_TOKENS
  const { thinking, effort, maxTokens } = writeReasoning(request, model, asked)
  const format =
    request.responseFormat?.kind === 'schema'
      ? { type: 'json_schema', schema: request.responseFormat.schema }
      : undefined
  return given<Record<string, unknown>>({
    model,
    max_tokens: maxTokens,
    system: system.length === 0 ? undefined : system,
    messages,
    tools: request.tools?.map((tool) =>
      given<Record<string, unknown>>({
        name: tool.name,
        description: tool.description,
        input_schema: tool.parameters ?? { type: 'object', properties: {} },
        strict: tool.strict,
      }),
    ),
    tool_choice: writeToolChoice(request),
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    stop_sequences: request.stop,
    thinking,
    output_config:
      effort === undefined && format === undefined
        ? undefined
        : given<Record<string, unknown>>({ effort, format }),
    metadata: request.user === undefined ? undefined : { user_id: request.user },
    stream: request.stream ? true : undefined,
  })
}

function refuseUnknown(request: ChatRequest, losses: Losses): void {
  const { seed, frequencyPenalty, presencePenalty, temperature, responseFormat } = request
  if (seed !== undefined) losses.add('seed', 'Anthropic does not know it', seed)
  if (frequencyPenalty) losses.add('frequency_penalty', 'Anthropic does not know it', frequencyPenalty)
  if (presencePenalty) losses.add('presence_penalty', 'Anthropic does not know it', presencePenalty)
  if (temperature !== undefined && temperature > 1) {
    losses.add('temperature', 'Anthropic knows 0 to 1', temperature)
  }
  if (responseFormat?.kind === 'json') {
    losses.add('response_format', 'Anthropic answers JSON only by a schema')
  }
}

interface Reasoning {
  readonly thinking?: JsonObject
  readonly effort?: string
  readonly maxTokens: number
}

/** Models up to 4.5 are told tokens of thought, later ones a word for effort. */
function writeReasoning({ reasoning }: ChatRequest, model: string, maxTokens: number): Reasoning {
  if (reasoning === undefined) return { maxTokens }
  const effort = reasoning.effort ?? effortOfBudget(reasoning.budgetTokens ?? 0)
  if (effort === 'none') return { thinking: { type: 'disabled' }, maxTokens }
  if (!isToldTokens(model)) {
    return { thinking: { type: 'adaptive' }, effort: effort === 'minimal' ? 'low' : effort, maxTokens }
  }
  const wanted = reasoning.budgetTokens ?? budgetOfEffort(effort)
  const budget = Math.max(MIN_BUDGET, Math.min(wanted, maxTokens - 1))
  // Where there is no room to think, the model does not.
  return budget < maxTokens
    ? { thinking: { type: 'enabled', budget_tokens: budget }, maxTokens }
    : { maxTokens }
}

function isToldTokens(model: string): boolean {
  const [, major, minor = '0'] = /claude-(?:[a-z]+-)?(\d+)(?:[-.](\d{1,2})(?!\d))?/.exec(model) ?? []
  return major !== undefined && Number(major) + Number(minor) / 100 <= 4.05
}

/** The conversation without system messages, user and assistant taking turns. */
function writeConversation(messages: readonly ChatMessage[], losses: Losses): readonly JsonObject[] {
  const turns: { role: 'user' | 'assistant'; content: JsonObject[] }[] = []
  messages.forEach((message, index) => {
    if (message.role === 'system') return
    const role = message.role === 'assistant' ? 'assistant' : 'user'
    const content = writeParts(message, index, losses)
    const last = turns.at(-1)
    if (last?.role === role) last.content.push(...content)
    else if (content.length > 0) turns.push({ role, content: [...content] })
  })
  return turns
}

function writeParts(message: ChatMessage, index: number, losses: Losses): readonly JsonObject[] {
  const path = `messages[${index}]`
  return message.content.flatMap((part) => {
    if (message.role === 'system' && part.kind !== 'text') {
      losses.add(path, 'a system prompt is text', part.kind)
      return []
    }
    const written = writePart(part, path, losses)
    return written === undefined ? [] : [written]
  })
}

function writePart(part: ChatPart, path: string, losses: Losses): JsonObject | undefined {
  switch (part.kind) {
    // Anthropic refuses empty texts.
    case 'text':
      return part.text === '' ? undefined : { type: 'text', text: part.text }
    case 'image':
      return writeImage(part)
    case 'reasoning': {
      // Only what Anthropic itself has thought is taken back.
      const signature = signatureOf('anthropic', part.signature)
      return signature === undefined ? undefined : { type: 'thinking', thinking: part.text, signature }
    }
    case 'tool-call':
      return {
        type: 'tool_use',
        id: toolId(part.id),
        name: part.name,
        input: writeInput(part.arguments, path, losses),
      }
    case 'tool-result':
      return given<Record<string, unknown>>({
        type: 'tool_result',
        tool_use_id: toolId(part.id),
        content: part.content.flatMap(writeResultPart),
        is_error: part.isError,
      })
  }
}

function writeResultPart(part: TextPart | ImagePart): readonly JsonObject[] {
  if (part.kind === 'image') return [writeImage(part)]
  return part.text === '' ? [] : [{ type: 'text', text: part.text }]
}

function writeImage(image: ImagePart): JsonObject {
  return {
    type: 'image',
    source:
      image.url === undefined
        ? { type: 'base64', media_type: image.mediaType ?? 'image/png', data: image.base64 ?? '' }
        : { type: 'url', url: image.url },
  }
}

/** Anthropic lets identifiers be of letters, digits, `_` and `-` only. */
function toolId(id: string): string {
  return id.replace(/[^\w-]/g, '_')
}

function writeInput(json: string, path: string, losses: Losses): JsonObject {
  if (json.trim() === '') return {}
  try {
    const input: unknown = JSON.parse(json)
    if (isObject(input)) return input
  } catch {
    // Told below, as any other that is no object.
  }
  losses.add(path, 'the arguments of a tool call must be a JSON object', json)
  return {}
}

function writeToolChoice(request: ChatRequest): JsonObject | undefined {
  if (request.tools === undefined) return undefined
  const single = request.parallelToolCalls === false ? { disable_parallel_tool_use: true } : undefined
  const choice = request.toolChoice ?? (single === undefined ? undefined : 'auto')
  if (choice === undefined) return undefined
  return choice === 'none' ? { type: 'none' } : { ...namedChoice(choice), ...single }
}

function namedChoice(choice: Exclude<ToolChoice, 'none'>): JsonObject {
  if (choice === 'auto') return { type: 'auto' }
  return choice === 'required' ? { type: 'any' } : { type: 'tool', name: choice.name }
}
