import type { Span } from './span.ts'

/** What people put between the digits of one number is anything: spaces, commas, dots of every height, brackets, `%20`. */
const LETTER = /^\p{L}/u
/** Characters between two digits of one number, such as `) - `. */
const MOST_SEPARATORS = 6
const DIGIT = /^\p{Nd}/u

/** Runs of at least so many digits of any script, with what separates them; a `+` or bracket before belongs to them. */
export function findDigitRuns(text: string, fewestDigits: number): Span[] {
  const spans: Span[] = []
  let start = -1
  let end = 0
  let digits = 0
  let separators = 0
  const finish = () => {
    if (digits >= fewestDigits) spans.push({ start: withPrefix(text, start, spans.at(-1)?.end ?? 0), end })
    start = -1
    digits = 0
  }
  for (let at = 0; at < text.length; ) {
    const width = digitWidth(text, at)
    if (width > 0) {
      if (start < 0) start = at
      digits++
      separators = 0
      at += width
      end = at
      continue
    }
    const character = String.fromCodePoint(text.codePointAt(at) as number)
    if (start >= 0 && (++separators > MOST_SEPARATORS || LETTER.test(character))) finish()
    at += character.length
  }
  if (start >= 0) finish()
  return spans
}

/** Any number, with its decimals and its thousands. */
export function findNumbers(text: string): Span[] {
  const spans: Span[] = []
  for (let at = 0; at < text.length; ) {
    const width = digitWidth(text, at)
    if (width === 0) {
      at++
      continue
    }
    const start = at
    let end = at + width
    for (at = end; at < text.length; ) {
      const next = digitWidth(text, at)
      if (next > 0) {
        at += next
        end = at
      } else if (/[.,:/\-']/.test(text[at] as string) && at === end) at++
      else break
    }
    at = end
    spans.push({ start, end })
  }
  return spans
}

/** UTF-16 units of the digit at a place; 0 when there is none. */
function digitWidth(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if (unit < 128) return unit >= 48 && unit <= 57 ? 1 : 0
  const point = text.codePointAt(at) as number
  if (!DIGIT.test(String.fromCodePoint(point))) return 0
  return point > 0xffff ? 2 : 1
}

function withPrefix(text: string, start: number, from: number): number {
  let first = start
  while (first > from && start - first < 3 && /[+(＋]/.test(text[first - 1] as string)) first--
  return first
}
