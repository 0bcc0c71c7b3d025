import type {
  ChatMessage,
  ChatPart,
  ChatRequest,
  ImagePart,
  JsonObject,
  TextPart,
} from '../../contracts/index.ts'
import { imageAddress } from '../images.ts'
import { given } from '../json-fields.ts'
import { Losses } from '../losses.ts'
import { openaiEffort } from '../openai-effort.ts'
import { signatureOf } from '../signatures.ts'
import { formatObject } from './write-answer.ts'

/**
 * Nothing is stored at the provider; its reasoning comes encrypted, so that it can be brought back.
 * @throws StrataError `untranslatable`
 */
export function writeResponsesRequest(request: ChatRequest, model: string): JsonObject {
  const losses = new Losses()
  refuseUnknown(request, losses)
  const input = request.messages.flatMap((message, index) => writeMessage(message, index, losses))
  losses.throwIfAny('OpenAI responses')
  const effort = openaiEffort(request.reasoning)
  const { toolChoice, responseFormat } = request
  return given<Record<string, unknown>>({
    model,
    input,
    tools: request.tools?.map((tool) =>
      given<Record<string, unknown>>({
        type: 'function',
        name: tool.name,
        description: tool.description,
        parameters: tool.parameters ?? { type: 'object', properties: {} },
        strict: tool.strict ?? false,
      }),
    ),
    tool_choice: typeof toolChoice === 'object' ? { type: 'function', name: toolChoice.name } : toolChoice,
    parallel_tool_calls: request.tools === undefined ? undefined : request.parallelToolCalls,
    max_output_tokens: request.maxOutputTokens,
    temperature: request.temperature,
    top_p: request.topP,
    text: responseFormat === undefined ? undefined : { format: formatObject(responseFormat) },
    reasoning: effort === undefined ? undefined : { effort, summary: 'auto' },
    include: effort === undefined ? undefined : ['reasoning.encrypted_content'],
    user: request.user,
    store: false,
    stream: request.stream ? true : undefined,
  })
}

function refuseUnknown(request: ChatRequest, losses: Losses): void {
  const { topK, stop, seed, frequencyPenalty, presencePenalty } = request
  const unknown = 'the Responses interface does not know it'
  if (topK !== undefined) losses.add('top_k', unknown, topK)
  if (stop !== undefined && stop.length > 0) losses.add('stop', unknown, stop)
  if (seed !== undefined) losses.add('seed', unknown, seed)
  if (frequencyPenalty) losses.add('frequency_penalty', unknown, frequencyPenalty)
  if (presencePenalty) losses.add('presence_penalty', unknown, presencePenalty)
}

function writeMessage(message: ChatMessage, index: number, losses: Losses): readonly JsonObject[] {
  const path = `messages[${index}]`
  const items: JsonObject[] = []
  let said: JsonObject[] = []
  const isAnswer = message.role === 'assistant'
  const endMessage = (): void => {
    if (said.length > 0) items.push({ type: 'message', role: message.role, content: said })
    said = []
  }
  for (const part of message.content) {
    if (part.kind === 'text') said.push({ type: isAnswer ? 'output_text' : 'input_text', text: part.text })
    else if (part.kind === 'image' && !isAnswer) said.push(writeImage(part))
    else {
      endMessage()
      items.push(...writeItem(part, path, losses))
    }
  }
  endMessage()
  return items
}

function writeItem(part: ChatPart, path: string, losses: Losses): readonly JsonObject[] {
  switch (part.kind) {
    case 'tool-call':
      return [{ type: 'function_call', call_id: part.id, name: part.name, arguments: part.arguments }]
    case 'tool-result':
      return [
        { type: 'function_call_output', call_id: part.id, output: writeOutput(part.content, part.isError) },
      ]
    case 'reasoning': {
      // Only what OpenAI itself has thought is taken back.
      const signature = signatureOf('openai', part.signature)
      if (signature === undefined) return []
      const summary = part.text === '' ? [] : [{ type: 'summary_text', text: part.text }]
      return [{ type: 'reasoning', summary, encrypted_content: signature }]
    }
    default:
      losses.add(path, 'an assistant says only text', part.kind)
      return []
  }
}

function writeOutput(
  content: readonly (TextPart | ImagePart)[],
  isError: boolean | undefined,
): string | readonly JsonObject[] {
  // There is no other way to tell that a tool failed.
  const prefix = isError === true ? 'Error: ' : ''
  if (content.every((part) => part.kind === 'text')) {
    return prefix + content.map(({ text }) => text).join('\n')
  }
  return [
    ...(prefix === '' ? [] : [{ type: 'input_text', text: prefix }]),
    ...content.map((part) =>
      part.kind === 'text' ? { type: 'input_text', text: part.text } : writeImage(part),
    ),
  ]
}

function writeImage(image: ImagePart): JsonObject {
  return { type: 'input_image', image_url: imageAddress(image), detail: 'auto' }
}
