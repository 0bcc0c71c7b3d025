import type {
  ChatMessage,
  ChatPart,
  ChatRequest,
  JsonObject,
  ResponseFormat,
  TextPart,
  ToolCallPart,
  ToolChoice,
  ToolDefinition,
} from '../../contracts/index.ts'
import { HARMLESS_IN_CHAT, HARMLESS_IN_PARTS } from '../harmless-fields.ts'
import { imageAt } from '../images.ts'
import { given } from '../json-fields.ts'
import { Fields, Losses } from '../losses.ts'
import { asksForUsage } from './stream-watch.ts'

/** A request that also says whether its caller wants the usage at the end of a stream. */
interface ChatCompletionRequest extends ChatRequest {
  readonly includeUsage: boolean
}

/** @throws StrataError `untranslatable` */
export function readChatRequest(body: JsonObject): ChatCompletionRequest {
  const losses = new Losses()
  const fields = new Fields(body, losses)
  fields.take('model')
  const request = given<ChatCompletionRequest>({
    messages: fields.objects('messages').map(readMessage),
    tools: readTools(fields),
    toolChoice: readToolChoice(fields),
    parallelToolCalls: fields.flag('parallel_tool_calls'),
    maxOutputTokens: fields.number('max_completion_tokens') ?? fields.number('max_tokens'),
    temperature: fields.number('temperature'),
    topP: fields.number('top_p'),
    topK: fields.number('top_k'),
    stop: fields.texts('stop'),
    seed: fields.number('seed'),
    frequencyPenalty: fields.number('frequency_penalty'),
    presencePenalty: fields.number('presence_penalty'),
    responseFormat: readFormat(fields),
    reasoning: readReasoning(fields),
    user: fields.text('user'),
    stream: fields.flag('stream') ?? false,
    includeUsage: asksForUsage(body),
  })
  fields.take('max_tokens')
  refuseUnlessDefault(fields)
  fields.finish(HARMLESS_IN_CHAT)
  losses.throwIfAny('another protocol')
  return request
}

/** Fields that change nothing as long as they ask for nothing. */
function refuseUnlessDefault(fields: Fields): void {
  const choices = fields.number('n')
  if (choices !== undefined && choices !== 1) fields.refuse('n', 'only one answer can be asked for', choices)
  if (fields.flag('logprobs') === true) fields.refuse('logprobs', 'log-probabilities are not told')
  const top = fields.number('top_logprobs')
  if (top !== undefined && top > 0) fields.refuse('top_logprobs', 'log-probabilities are not told', top)
  const modalities = fields.texts('modalities')
  if (modalities?.some((modality) => modality !== 'text')) {
    fields.refuse('modalities', 'answers are text', modalities)
  }
}

function readReasoning(fields: Fields): ChatRequest['reasoning'] {
  const effort = fields.text('reasoning_effort')
  return effort === undefined ? undefined : { effort }
}

function readMessage(fields: Fields): ChatMessage {
  const role = fields.text('role')
  let message: ChatMessage
  if (role === 'tool') {
    const content = readContent(fields).filter((part) => part.kind === 'text' || part.kind === 'image')
    message = {
      role,
      content: [{ kind: 'tool-result', id: fields.neededText('tool_call_id'), content }],
    }
  } else if (role === 'assistant') {
    message = { role, content: readAssistant(fields) }
  } else if (role === 'system' || role === 'developer' || role === 'user') {
    message = { role: role === 'user' ? 'user' : 'system', content: readContent(fields) }
  } else {
    fields.refuse('role', 'expected system, developer, user, assistant or tool', role)
    return { role: 'user', content: [] }
  }
  fields.finish(HARMLESS_IN_PARTS)
  return message
}

function readAssistant(fields: Fields): readonly ChatPart[] {
  const thought = fields.text('reasoning_content') ?? fields.text('reasoning')
  // Some providers give their reasoning twice.
  fields.take('reasoning')
  fields.take('reasoning_details')
  const refusal = fields.text('refusal')
  return [
    ...(thought === undefined || thought === '' ? [] : [{ kind: 'reasoning' as const, text: thought }]),
    ...readContent(fields),
    ...(refusal === undefined ? [] : [{ kind: 'text' as const, text: refusal }]),
    ...fields.objects('tool_calls').map(readToolCall),
  ]
}

function readToolCall(fields: Fields): ToolCallPart {
  const type = fields.text('type') ?? 'function'
  if (type !== 'function') fields.refuse('type', 'only functions can be called', type)
  fields.take('index')
  const called = fields.object('function')
  const part: ToolCallPart = {
    kind: 'tool-call',
    id: fields.neededText('id'),
    name: called?.neededText('name') ?? '',
    arguments: called?.text('arguments') ?? '',
  }
  called?.finish(HARMLESS_IN_PARTS)
  fields.finish(HARMLESS_IN_PARTS)
  return part
}

function readContent(fields: Fields): readonly ChatPart[] {
  const content = fields.take('content')
  if (content === undefined) return []
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }]
  return fields.objects('content').flatMap(readPart)
}

function readPart(fields: Fields): readonly ChatPart[] {
  const type = fields.text('type')
  switch (type) {
    case 'text':
      return [finished(fields, { kind: 'text', text: fields.neededText('text') })]
    case 'refusal':
      return [finished(fields, { kind: 'text', text: fields.neededText('refusal') })]
    case 'image_url': {
      const image = fields.object('image_url')
      const part = imageAt(image?.neededText('url') ?? '')
      image?.finish(HARMLESS_IN_PARTS)
      fields.finish(HARMLESS_IN_PARTS)
      return [part]
    }
    default:
      fields.refuse('type', 'only text and pictures can be told', type)
      return []
  }
}

function finished(fields: Fields, part: TextPart): TextPart {
  fields.finish(HARMLESS_IN_PARTS)
  return part
}

function readTools(fields: Fields): readonly ToolDefinition[] | undefined {
  const tools = fields.objects('tools').map((tool) => {
    const type = tool.text('type')
    if (type !== 'function') tool.refuse('type', 'only functions can be offered', type)
    const described = tool.object('function')
    const definition = given<ToolDefinition>({
      name: described?.neededText('name') ?? '',
      description: described?.text('description'),
      parameters: described?.json('parameters'),
      strict: described?.flag('strict'),
    })
    if (type === 'function') tool.finish(HARMLESS_IN_PARTS)
    return definition
  })
  return tools.length === 0 ? undefined : tools
}

function readToolChoice(fields: Fields): ToolChoice | undefined {
  const choice = fields.take('tool_choice')
  if (choice === undefined || choice === 'auto' || choice === 'none' || choice === 'required') return choice
  const chosen = fields.object('tool_choice')
  const type = chosen?.text('type')
  if (chosen === undefined) return undefined
  if (type !== 'function') {
    chosen.refuse('type', 'only a function can be chosen', type)
    return undefined
  }
  return { name: chosen.object('function')?.neededText('name') ?? '' }
}

function readFormat(fields: Fields): ResponseFormat | undefined {
  const format = fields.object('response_format')
  if (format === undefined) return undefined
  const type = format.text('type')
  if (type === 'text') return { kind: 'text' }
  if (type === 'json_object') return { kind: 'json' }
  if (type === 'json_schema') {
    const described = format.object('json_schema')
    return given<ResponseFormat & { kind: 'schema' }>({
      kind: 'schema',
      name: described?.text('name') ?? 'answer',
      schema: described?.json('schema') ?? {},
      strict: described?.flag('strict'),
    })
  }
  format.refuse('type', 'expected text, json_object or json_schema', type)
  return undefined
}
