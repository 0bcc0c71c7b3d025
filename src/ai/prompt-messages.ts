import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultOutput,
  LanguageModelV4ToolResultPart,
} from '@ai-sdk/provider'
import type { ChatMessage, ChatPart, ImagePart, TextPart } from '../contracts/index.ts'
import { type ErrorDetail, StrataError } from '../errors/index.ts'
import { METADATA_NAME } from './metadata-name.ts'

/** What cannot be said. */
type Refuse = (path: string, what: string) => void

/** The prompt of the AI SDK in the canonical form. @throws StrataError `untranslatable` with all that would be lost */
export function promptMessages(prompt: LanguageModelV4Prompt): readonly ChatMessage[] {
  const details: ErrorDetail[] = []
  const messages = prompt.map((message, index) =>
    chatMessage(message, `prompt[${index}]`, (path, what) =>
      details.push({ path, message: `${what} cannot be carried to every model` }),
    ),
  )
  if (details.length === 0) return messages
  const list = details.map(({ path, message }) => `${path}: ${message}`).join('; ')
  throw new StrataError('untranslatable', `Parts of the prompt would be lost: ${list}.`, { details })
}

function chatMessage(message: LanguageModelV4Message, path: string, refuse: Refuse): ChatMessage {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: [{ kind: 'text', text: message.content }] }
    case 'user':
      return {
        role: 'user',
        content: message.content.flatMap((part, index) =>
          part.type === 'text'
            ? [{ kind: 'text', text: part.text }]
            : filePart(part, `${path}.content[${index}]`, refuse),
        ),
      }
    case 'assistant':
      return {
        role: 'assistant',
        content: message.content.flatMap((part, index) =>
          assistantPart(part, `${path}.content[${index}]`, refuse),
        ),
      }
    case 'tool':
      return {
        role: 'tool',
        content: message.content.flatMap((part, index) => {
          const place = `${path}.content[${index}]`
          if (part.type === 'tool-result') return [toolResult(part, place, refuse)]
          refuse(place, 'an approval of a tool that the provider runs')
          return []
        }),
      }
  }
}

type AssistantPart = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'][number]

function assistantPart(part: AssistantPart, path: string, refuse: Refuse): ChatPart[] {
  switch (part.type) {
    case 'text':
      return [{ kind: 'text', text: part.text }]
    case 'reasoning': {
      const signature = part.providerOptions?.[METADATA_NAME]?.signature
      return [
        {
          kind: 'reasoning',
          text: part.text,
          ...(typeof signature === 'string' ? { signature } : {}),
        },
      ]
    }
    case 'tool-call':
      return [
        {
          kind: 'tool-call',
          id: part.toolCallId,
          name: part.toolName,
          arguments: typeof part.input === 'string' ? part.input : JSON.stringify(part.input ?? {}),
        },
      ]
    default:
      refuse(path, `a part of type ${part.type} in what the assistant said`)
      return []
  }
}

function filePart(
  { data, mediaType }: Pick<LanguageModelV4FilePart, 'data' | 'mediaType'>,
  path: string,
  refuse: Refuse,
): (TextPart | ImagePart)[] {
  if (data.type === 'text') return [{ kind: 'text', text: data.text }]
  if (!/^image(?:\/|$)/.test(mediaType)) {
    refuse(path, `a file of type ${mediaType}`)
    return []
  }
  if (data.type === 'url') return [{ kind: 'image', url: data.originalUrl ?? data.url.href }]
  if (data.type === 'reference') {
    refuse(path, 'a file that only one provider has')
    return []
  }
  if (!/^image\/[\w.+-]+$/.test(mediaType)) {
    refuse(path, `a picture of unknown type (${mediaType})`)
    return []
  }
  return [{ kind: 'image', base64: base64(data.data), mediaType }]
}

const base64 = (data: Uint8Array | string): string => {
  if (typeof data === 'string') return data
  let binary = ''
  for (let start = 0; start < data.length; start += 8192) {
    binary += String.fromCharCode(...data.subarray(start, start + 8192))
  }
  return btoa(binary)
}

function toolResult(
  { toolCallId, output }: LanguageModelV4ToolResultPart,
  path: string,
  refuse: Refuse,
): ChatPart {
  const isError = output.type === 'error-text' || output.type === 'error-json'
  return {
    kind: 'tool-result',
    id: toolCallId,
    content: resultContent(output, path, refuse),
    ...(isError || output.type === 'execution-denied' ? { isError: true } : {}),
  }
}

function resultContent(
  output: LanguageModelV4ToolResultOutput,
  path: string,
  refuse: Refuse,
): (TextPart | ImagePart)[] {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return [{ kind: 'text', text: output.value }]
    case 'json':
    case 'error-json':
      return [{ kind: 'text', text: JSON.stringify(output.value) }]
    case 'execution-denied':
      return [{ kind: 'text', text: output.reason ?? 'The user did not allow this tool to run.' }]
    case 'content':
      return output.value.flatMap((part, index) => {
        const place = `${path}.output.value[${index}]`
        if (part.type === 'text') return [{ kind: 'text', text: part.text }]
        if (part.type === 'file') return filePart(part, place, refuse)
        refuse(place, `a part of type ${part.type} in the result of a tool`)
        return []
      })
  }
}
