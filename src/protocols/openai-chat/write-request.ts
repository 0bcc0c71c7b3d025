import type {
  ChatMessage,
  ChatPart,
  ChatRequest,
  ImagePart,
  JsonObject,
  ResponseFormat,
  TextPart,
  ToolChoice,
  ToolDefinition,
} from '../../contracts/index.ts'
import { imageAddress } from '../images.ts'
import { given } from '../json-fields.ts'
import { Losses } from '../losses.ts'
import { openaiEffort } from '../openai-effort.ts'

/**
 * For OpenAI itself.
 * @throws StrataError `untranslatable`
 */
export function writeChatRequest(request: ChatRequest, model: string): JsonObject {
  return writeRequest(request, model, true)
}

/**
 * For the many services that speak as OpenAI does: they know the older `max_tokens`, and refuse or ignore the name
 * that OpenAI itself wants now; most know `top_k`.
 * @throws StrataError `untranslatable`
 */
export function writeCompatibleChatRequest(request: ChatRequest, model: string): JsonObject {
  return writeRequest(request, model, false)
}

function writeRequest(request: ChatRequest, model: string, isOpenai: boolean): JsonObject {
  const losses = new Losses()
  if (request.topK !== undefined && isOpenai) losses.add('top_k', 'OpenAI does not know it', request.topK)
  const messages = request.messages.flatMap((message, index) => writeMessage(message, index, losses))
  losses.throwIfAny('OpenAI chat completions')
  return given<Record<string, unknown>>({
    model,
    messages,
    tools: request.tools?.map(writeTool),
    tool_choice: request.toolChoice === undefined ? undefined : writeToolChoice(request.toolChoice),
    parallel_tool_calls: request.tools === undefined ? undefined : request.parallelToolCalls,
    [isOpenai ? 'max_completion_tokens' : 'max_tokens']: request.maxOutputTokens,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    stop: request.stop,
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    response_format: request.responseFormat === undefined ? undefined : writeFormat(request.responseFormat),
    reasoning_effort: openaiEffort(request.reasoning),
    user: request.user,
    stream: request.stream ? true : undefined,
    stream_options: request.stream ? { include_usage: true } : undefined,
  })
}

function writeMessage(message: ChatMessage, index: number, losses: Losses): readonly JsonObject[] {
  const path = `messages[${index}]`
  switch (message.role) {
    case 'assistant':
      return [writeAssistant(message.content, path, losses)]
    case 'tool':
      return message.content.map((part) => {
        if (part.kind === 'tool-result') return writeToolResult(part, path, losses)
        losses.add(path, 'a tool brings only results', part.kind)
        return {}
      })
    default:
      return [{ role: message.role, content: writeContent(message.content, path, losses) }]
  }
}

function writeToolResult(part: ChatPart & { kind: 'tool-result' }, path: string, losses: Losses): JsonObject {
  if (part.content.some(({ kind }) => kind === 'image')) {
    losses.add(path, 'the result of a tool can only be text')
  }
  const content = part.content.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('\n')
  // There is no other way to tell that a tool failed.
  return {
    role: 'tool',
    tool_call_id: part.id,
    content: part.isError === true ? `Error: ${content}` : content,
  }
}

// Reasoning of earlier turns is not taken back by OpenAI: it is left out.
function writeAssistant(content: readonly ChatPart[], path: string, losses: Losses): JsonObject {
  const texts: string[] = []
  const calls: JsonObject[] = []
  for (const part of content) {
    if (part.kind === 'text') texts.push(part.text)
    else if (part.kind === 'tool-call') {
      calls.push({
        id: part.id,
        type: 'function',
        function: { name: part.name, arguments: part.arguments },
      })
    } else if (part.kind !== 'reasoning') losses.add(path, 'an assistant says only text', part.kind)
  }
  return given<Record<string, unknown>>({
    role: 'assistant',
    content: texts.length === 0 ? (calls.length === 0 ? '' : null) : texts.join(''),
    tool_calls: calls.length === 0 ? undefined : calls,
  })
}

function writeContent(
  content: readonly ChatPart[],
  path: string,
  losses: Losses,
): string | readonly JsonObject[] {
  const parts = content.filter((part): part is TextPart | ImagePart => {
    if (part.kind === 'text' || part.kind === 'image') return true
    losses.add(path, 'only text and pictures can be told', part.kind)
    return false
  })
  const [first] = parts
  if (first === undefined) return ''
  if (parts.length === 1 && first.kind === 'text') return first.text
  return parts.map((part) =>
    part.kind === 'text'
      ? { type: 'text', text: part.text }
      : { type: 'image_url', image_url: { url: imageAddress(part) } },
  )
}

function writeTool(tool: ToolDefinition): JsonObject {
  return {
    type: 'function',
    function: given<ToolDefinition>({
      name: tool.name,
      description: tool.description,
      parameters: tool.parameters,
      strict: tool.strict,
    }),
  }
}

function writeToolChoice(choice: ToolChoice): unknown {
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } }
}

function writeFormat(format: ResponseFormat): JsonObject {
  if (format.kind !== 'schema') return { type: format.kind === 'json' ? 'json_object' : 'text' }
  const { name, schema, strict } = format
  return { type: 'json_schema', json_schema: { name, schema, ...(strict === undefined ? {} : { strict }) } }
}
