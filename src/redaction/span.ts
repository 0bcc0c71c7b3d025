/** A part of a text, from `start` up to but not including `end`, in UTF-16 units. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Puts `placeholder` in the place of each span; spans are in order and do not overlap. */
export function replaceSpans(text: string, spans: readonly Span[], placeholder: string): string {
  if (spans.length === 0) return text
  let result = ''
  let from = 0
  for (const { start, end } of spans) {
    result += text.slice(from, start) + placeholder
    from = end
  }
  return result + text.slice(from)
}
