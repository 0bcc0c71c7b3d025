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
  ToolResultPart,
} from '../../contracts/index.ts'
import { HARMLESS_IN_MESSAGES, HARMLESS_IN_PARTS } from '../harmless-fields.ts'
import { given } from '../json-fields.ts'
import { Fields, Losses } from '../losses.ts'
import { broughtBack } from '../signatures.ts'

/** @throws StrataError `untranslatable` */
export function readMessagesRequest(body: JsonObject): ChatRequest {
  const losses = new Losses()
  const fields = new Fields(body, losses)
  fields.take('model')
  const output = fields.object('output_config')
  const choice = fields.object('tool_choice')
  const oneCall = choice?.flag('disable_parallel_tool_use')
  const system = readTexts(fields, 'system')
  const request = given<ChatRequest>({
    messages: [
      ...(system.length === 0 ? [] : [{ role: 'system' as const, content: system }]),
      ...fields.objects('messages').flatMap(readMessage),
    ],
    tools: readTools(fields),
    toolChoice: choice === undefined ? undefined : readToolChoice(choice),
    parallelToolCalls: oneCall === undefined ? undefined : !oneCall,
    maxOutputTokens: fields.number('max_tokens'),
    temperature: fields.number('temperature'),
    topP: fields.number('top_p'),
    topK: fields.number('top_k'),
    stop: fields.texts('stop_sequences'),
    responseFormat: readFormat(output?.object('format') ?? fields.object('output_format')),
    reasoning: readReasoning(fields, output),
    user: fields.object('metadata')?.text('user_id'),
    stream: fields.flag('stream') ?? false,
  })
  output?.finish()
  // A thread that begins has all of its messages; only the provider that keeps it has those of one that goes on.
  const thread = fields.json('thread')
  if (thread !== undefined && thread.type !== 'create') {
    fields.refuse('thread', 'only Anthropic itself has the earlier messages; send them all', thread)
  }
  fields.finish(HARMLESS_IN_MESSAGES)
  losses.throwIfAny('another protocol')
  return request
}

function readReasoning(fields: Fields, output: Fields | undefined): ChatRequest['reasoning'] {
  const thinking = fields.object('thinking')
  const type = thinking?.text('type')
  const budgetTokens = thinking?.number('budget_tokens')
  const effort = output?.text('effort')
  if (type === 'disabled') return { effort: 'none' }
  if (type === 'enabled') return given({ effort, budgetTokens })
  // Left to itself, a model that thinks adaptively makes its usual effort.
  if (type !== undefined) return { effort: effort ?? 'high' }
  return effort === undefined ? undefined : { effort }
}

function readTexts(fields: Fields, name: string): readonly TextPart[] {
  const value = fields.take(name)
  if (value === undefined || value === '') return []
  if (typeof value === 'string') return [{ kind: 'text', text: value }]
  return fields.objects(name).flatMap((part) => {
    const type = part.text('type')
    const text = part.text('text')
    part.finish(HARMLESS_IN_PARTS)
    if (type === 'text' && text !== undefined) return [{ kind: 'text' as const, text }]
    part.refuse('type', 'expected text', type)
    return []
  })
}

/** The results of tools come in messages of the user; each becomes a message of its own. */
function readMessage(fields: Fields): readonly ChatMessage[] {
  const role = fields.text('role')
  if (role === 'system') {
    const content = readTexts(fields, 'content')
    fields.finish(HARMLESS_IN_PARTS)
    return [{ role, content }]
  }
  if (role !== 'user' && role !== 'assistant') {
    fields.refuse('role', 'expected user, assistant or system', role)
    return []
  }
  const parts = readContent(fields)
  fields.finish(HARMLESS_IN_PARTS)
  const messages: ChatMessage[] = []
  let said: ChatPart[] = []
  for (const part of parts) {
    if (part.kind !== 'tool-result') {
      said.push(part)
      continue
    }
    if (said.length > 0) messages.push({ role, content: said })
    said = []
    messages.push({ role: 'tool', content: [part] })
  }
  if (said.length > 0 || messages.length === 0) messages.push({ role, content: said })
  return messages
}

function readContent(fields: Fields): readonly ChatPart[] {
  const content = fields.take('content')
  if (content === undefined || content === '') return []
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  return fields.objects('content').flatMap((part) => {
    const read = readPart(part)
    if (read !== undefined) part.finish(HARMLESS_IN_PARTS)
    return read === undefined || read === 'nothing' ? [] : [read]
  })
}

/** A part; `nothing` for one that says nothing to another provider, undefined for one that is refused. */
function readPart(fields: Fields): ChatPart | 'nothing' | undefined {
  const type = fields.text('type')
  switch (type) {
    case 'text':
      return { kind: 'text', text: fields.neededText('text') }
    case 'image':
      return readImage(fields)
    case 'thinking': {
      const text = fields.neededText('thinking')
      const signature = fields.text('signature')
      return signature === undefined || signature === ''
        ? { kind: 'reasoning', text }
        : { kind: 'reasoning', text, signature: broughtBack('anthropic', signature) }
    }
    // Encrypted for its maker.
    case 'redacted_thinking':
      fields.take('data')
      return 'nothing'
    case 'tool_use':
      return {
        kind: 'tool-call',
        id: fields.neededText('id'),
        name: fields.neededText('name'),
        arguments: JSON.stringify(fields.json('input') ?? {}),
      }
    case 'tool_result':
      return readToolResult(fields)
    default:
      fields.refuse('type', 'not known to other protocols', type)
      return undefined
  }
}

function readToolResult(fields: Fields): ToolResultPart {
  const content = readContent(fields).filter((part): part is TextPart | ImagePart => {
    if (part.kind === 'text' || part.kind === 'image') return true
    fields.refuse('content', 'the result of a tool is text and pictures', part.kind)
    return false
  })
  return given<ToolResultPart>({
    kind: 'tool-result',
    id: fields.neededText('tool_use_id'),
    content,
    isError: fields.flag('is_error') === true ? true : undefined,
  })
}

function readImage(fields: Fields): ImagePart | undefined {
  const source = fields.object('source')
  const type = source?.text('type')
  if (source !== undefined && type === 'url') return { kind: 'image', url: source.neededText('url') }
  if (source !== undefined && type === 'base64') {
    return {
      kind: 'image',
      base64: source.neededText('data'),
      mediaType: source.neededText('media_type'),
    }
  }
  fields.refuse('source', 'only pictures with bytes or an address can be told', type)
  return undefined
}

function readTools(fields: Fields): readonly ToolDefinition[] | undefined {
  const tools = fields.objects('tools').map((tool) => {
    const type = tool.text('type') ?? 'custom'
    if (type !== 'custom') tool.refuse('type', 'a tool of Anthropic itself', type)
    const definition = given<ToolDefinition>({
      name: type === 'custom' ? tool.neededText('name') : '',
      description: tool.text('description'),
      parameters: tool.json('input_schema'),
      strict: tool.flag('strict'),
    })
    if (type === 'custom') tool.finish(HARMLESS_IN_PARTS)
    return definition
  })
  return tools.length === 0 ? undefined : tools
}

function readToolChoice(choice: Fields): ToolChoice | undefined {
  const type = choice.text('type')
  if (type === 'auto' || type === 'none') return type
  if (type === 'any') return 'required'
  if (type === 'tool') return { name: choice.neededText('name') }
  choice.refuse('type', 'expected auto, any, tool or none', type)
  return undefined
}

function readFormat(format: Fields | undefined): ResponseFormat | undefined {
  if (format === undefined) return undefined
  const type = format.text('type')
  if (type === 'json_schema') return { kind: 'schema', name: 'answer', schema: format.json('schema') ?? {} }
  format.refuse('type', 'expected json_schema', type)
  return undefined
}
