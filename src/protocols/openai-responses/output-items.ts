import type { AnswerKeeper, ChatAnswer, JsonObject } from '../../contracts/index.ts'
import { signatureOf } from '../signatures.ts'

type AnswerPart = ChatAnswer['content'][number]

const OWN_ID = /^(?:msg|rs|fc)_sr[0-9a-f]{32}$/

/** Of the item that part `index` of an answer becomes; such that nobody can guess it where it is kept. */
export function itemId(
  answerId: string,
  part: Pick<AnswerPart, 'kind'>,
  index: number,
  keeper: AnswerKeeper | undefined,
): string {
  const prefix = part.kind === 'text' ? 'msg' : part.kind === 'reasoning' ? 'rs' : 'fc'
  return keeper === undefined ? `${prefix}_${answerId}_${index}` : `${prefix}_sr${keeper.randomId()}`
}

/** Whether an item was written and kept here. */
export function isOwnItemId(id: unknown): boolean {
  return typeof id === 'string' && OWN_ID.test(id)
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
