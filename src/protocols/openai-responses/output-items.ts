import type { ChatAnswer, JsonObject } from '../../contracts/index.ts'
import { signatureOf } from '../signatures.ts'

type AnswerPart = ChatAnswer['content'][number]

/** Of the item that part `index` of an answer becomes. */
export function itemId(answerId: string, part: Pick<AnswerPart, 'kind'>, index: number): string {
  const prefix = part.kind === 'text' ? 'msg' : part.kind === 'reasoning' ? 'rs' : 'fc'
  return `${prefix}_${answerId}_${index}`
}

/** The item that a part of an answer is; as it begins where it is still to come. */
export function outputItem(part: AnswerPart, id: string, status: 'in_progress' | 'completed'): JsonObject {
  const isDone = status === 'completed'
  switch (part.kind) {
    case 'text':
      return {
        id,
        type: 'message',
        status,
        role: 'assistant',
        content: isDone ? [outputText(part.text)] : [],
      }
    case 'reasoning':
      return {
        id,
        type: 'reasoning',
        status,
        summary: isDone && part.text !== '' ? [{ type: 'summary_text', text: part.text }] : [],
        ...(part.signature === undefined
          ? {}
          : { encrypted_content: signatureOf('openai', part.signature) ?? part.signature }),
      }
    case 'tool-call':
      return {
        id,
        type: 'function_call',
        status,
        call_id: part.id,
        name: part.name,
        arguments: isDone ? part.arguments : '',
      }
  }
}

/** A part of a message with text. */
export function outputText(text: string): JsonObject {
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}
