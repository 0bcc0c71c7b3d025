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
import { HARMLESS_IN_PARTS, HARMLESS_IN_RESPONSES } from '../harmless-fields.ts'
import { imageAt } from '../images.ts'
import { given } from '../json-fields.ts'
import { Fields, Losses } from '../losses.ts'
import { broughtBack } from '../signatures.ts'

/** @throws StrataError `untranslatable` */
export function readResponsesRequest(body: JsonObject): ChatRequest {
  const losses = new Losses()
  const fields = new Fields(body, losses)
  fields.take('model')
  const instructions = fields.text('instructions')
  const output = fields.object('text')
  output?.take('verbosity')
  const request = given<ChatRequest>({
    messages: [
      ...(instructions ? [textMessage('system', instructions)] : []),
      ...joinedTurns(readInput(fields)),
    ],
    tools: readTools(fields),
    toolChoice: readToolChoice(fields),
    parallelToolCalls: fields.flag('parallel_tool_calls'),
    maxOutputTokens: fields.number('max_output_tokens'),
    temperature: fields.number('temperature'),
    topP: fields.number('top_p'),
    responseFormat: readFormat(output?.object('format')),
    reasoning: readReasoning(fields.object('reasoning')),
    user: fields.text('user'),
    stream: fields.flag('stream') ?? false,
  })
  output?.finish()
  refuseWhatIsKept(fields)
  fields.finish(HARMLESS_IN_RESPONSES)
  losses.throwIfAny('another protocol')
  return request
}

/** What asks for something that only OpenAI itself keeps or does. */
function refuseWhatIsKept(fields: Fields): void {
  const kept = 'only OpenAI itself has it; send the earlier turns in `input`'
  for (const name of ['previous_response_id', 'conversation', 'prompt']) {
    const value = fields.take(name)
    if (value !== undefined) fields.refuse(name, kept, value)
  }
  if (fields.flag('background') === true)
    fields.refuse('background', 'answers are not made in the background')
  const top = fields.number('top_logprobs')
  if (top !== undefined && top > 0) fields.refuse('top_logprobs', 'log-probabilities are not told', top)
  if (fields.texts('include')?.includes('message.output_text.logprobs')) {
    fields.refuse('include', 'log-probabilities are not told')
  }
}

function readReasoning(reasoning: Fields | undefined): ChatRequest['reasoning'] {
  const effort = reasoning?.text('effort')
  return effort === undefined ? undefined : { effort }
}

function readInput(fields: Fields): readonly ChatMessage[] {
  const input = fields.take('input')
  if (typeof input === 'string') return [textMessage('user', input)]
  return fields.objects('input').flatMap((item) => {
    const message = readItem(item)
    if (message !== undefined) item.finish(HARMLESS_IN_PARTS)
    return message === undefined ? [] : [message]
  })
}

/** What an assistant said in one turn comes in several items. */
function joinedTurns(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const joined: ChatMessage[] = []
  for (const message of messages) {
    const last = joined.at(-1)
    if (last?.role === 'assistant' && message.role === 'assistant') {
      joined[joined.length - 1] = { role: 'assistant', content: [...last.content, ...message.content] }
    } else joined.push(message)
  }
  return joined
}

function readItem(item: Fields): ChatMessage | undefined {
  const type = item.text('type') ?? 'message'
  switch (type) {
    case 'message': {
      const role = item.text('role')
      if (role === 'user' || role === 'assistant') return { role, content: readContent(item, 'content') }
      if (role === 'system' || role === 'developer') {
        return { role: 'system', content: readContent(item, 'content') }
      }
      item.refuse('role', 'expected system, developer, user or assistant', role)
      return undefined
    }
    case 'function_call':
      return {
        role: 'assistant',
        content: [
          {
            kind: 'tool-call',
            id: item.neededText('call_id'),
            name: item.neededText('name'),
            arguments: item.text('arguments') ?? '',
          },
        ],
      }
    case 'function_call_output':
      return {
        role: 'tool',
        content: [
          { kind: 'tool-result', id: item.neededText('call_id'), content: readContent(item, 'output') },
        ],
      }
    case 'reasoning':
      return { role: 'assistant', content: readThought(item) }
    case 'item_reference':
      item.refuse(
        '',
        'the item is not at hand, or no longer: only OpenAI itself keeps its items, and few are kept here; send it whole, as clients do with `store: false`',
        type,
      )
      return undefined
    default:
      item.refuse('type', 'only OpenAI itself can read it', type)
      return undefined
  }
}

function readThought(item: Fields): readonly ChatPart[] {
  const texts = [...item.objects('summary'), ...item.objects('content')].map(
    (part) => part.text('text') ?? '',
  )
  const signature = item.text('encrypted_content')
  const text = texts.join('\n\n')
  if (signature === undefined) return text === '' ? [] : [{ kind: 'reasoning', text }]
  return [{ kind: 'reasoning', text, signature: broughtBack('openai', signature) }]
}

function readContent(fields: Fields, name: string): readonly (TextPart | ImagePart)[] {
  const content = fields.take(name)
  if (content === undefined || content === '') return []
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  return fields.objects(name).flatMap((part) => {
    const read = readPart(part)
    if (read !== undefined) part.finish(HARMLESS_IN_PARTS)
    return read === undefined ? [] : [read]
  })
}

function readPart(part: Fields): TextPart | ImagePart | undefined {
  const type = part.text('type')
  switch (type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { kind: 'text', text: part.neededText('text') }
    case 'refusal':
      return { kind: 'text', text: part.neededText('refusal') }
    case 'input_image': {
      const url = part.text('image_url')
      if (url !== undefined) return imageAt(url)
      part.refuse('image_url', 'only pictures with bytes or an address can be told')
      return undefined
    }
    default:
      part.refuse('type', 'only text and pictures can be told', type)
      return undefined
  }
}

function readTools(fields: Fields): readonly ToolDefinition[] | undefined {
  const tools = fields.objects('tools').map((tool) => {
    const type = tool.text('type')
    if (type !== 'function') tool.refuse('type', 'a tool of OpenAI itself', type)
    const definition = given<ToolDefinition>({
      name: type === 'function' ? tool.neededText('name') : '',
      description: tool.text('description'),
      parameters: tool.json('parameters'),
      strict: tool.flag('strict'),
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
  if (type === 'function') return { name: chosen.neededText('name') }
  chosen.refuse('type', 'only a function can be chosen', type)
  return undefined
}

function readFormat(format: Fields | undefined): ResponseFormat | undefined {
  if (format === undefined) return undefined
  const type = format.text('type')
  if (type === 'text') return { kind: 'text' }
  if (type === 'json_object') return { kind: 'json' }
  if (type === 'json_schema') {
    return given<ResponseFormat & { kind: 'schema' }>({
      kind: 'schema',
      name: format.text('name') ?? 'answer',
      schema: format.json('schema') ?? {},
      strict: format.flag('strict'),
    })
  }
  format.refuse('type', 'expected text, json_object or json_schema', type)
  return undefined
}

function textMessage(role: 'system' | 'user', text: string): ChatMessage {
  return { role, content: [{ kind: 'text', text }] }
}
