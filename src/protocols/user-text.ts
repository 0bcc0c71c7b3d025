import { isObject, objectsIn, textIn } from './json-fields.ts'

/**
 * The text of a message's content: itself, or its text parts joined with line feeds; undefined where it has none.
 * @param content text, or a list of parts that have text in `text`; `type` says what a part is, `kind` in the canonical form
 */
export function contentText(content: unknown): string | undefined {
  if (typeof content === 'string') return content
  let text: string | undefined
  for (const part of objectsIn(content)) {
    const piece = isText(part.type ?? part.kind) ? textIn(part.text) : undefined
    if (piece !== undefined) text = text === undefined ? piece : `${text}\n${piece}`
  }
  return text
}

function isText(type: unknown): boolean {
  return type === 'text' || type === 'input_text' || type === 'output_text'
}

/** How many parts of a content are no text: with the text, enough to tell first messages apart. */
export function otherParts(content: unknown): number {
  if (!Array.isArray(content)) return 0
  return content.filter((part) => !isObject(part) || !isText(part.type ?? part.kind)).length
}
