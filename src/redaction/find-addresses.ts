import type { Span } from './span.ts'

/** As it is, as other scripts have it, and as it stands in the query of a URL, encoded more than once too. */
const AT = /[@\uff20\ufe6b]|%(?:25)*40/g
const AT_HERE = new RegExp(AT, 'y')
/** What cannot be in the part before the @ unless quoted. */
const NO_LOCAL = /[\s()<>[\]:;,"@\uff20\ufe6b]/
const DOMAIN = /[\p{L}\p{N}\p{M}.\-_\u200b-\u200d]/u
const DOMAIN_START = /[\p{L}\p{N}]/u
/** An address in the place of a domain. */
const LITERAL = /\[(?:IPv6:)?[0-9A-Fa-f.:]{2,60}\]/y

/** E-mail addresses, of any script, without a dot in the domain too; several that hang together are one. */
export function findEmails(text: string): Span[] {
  const spans: Span[] = []
  const quotes = new QuotesBefore(text)
  let from = 0
  AT.lastIndex = 0
  for (let found = AT.exec(text); found !== null; found = AT.exec(text)) {
    const at = found.index
    const afterAt = at + found[0].length
    let start = text[at - 1] === '"' ? quotes.openingOf(at - 1) : -1
    if (start < 0) start = startOfLocal(text, at, from)
    const end = start < at ? endOfDomain(text, afterAt) : at
    // Neither side is looked at again, so that the whole takes linear time.
    from = Math.max(end, afterAt)
    AT.lastIndex = from
    if (end < afterAt) continue
    // What stands in quotes may look like an address itself.
    for (let last = spans.at(-1); last !== undefined && last.end > start; last = spans.at(-1)) {
      start = Math.min(start, last.start)
      spans.pop()
    }
    spans.push({ start, end })
  }
  return spans
}

/** Finds where quoted parts begin, in one pass over the text. */
class QuotesBefore {
  readonly #text: string
  #at = 0
  #escaped = false
  #last = -1
  #lastUnescaped = -1

  constructor(text: string) {
    this.#text = text
  }

  /** The quote that opens what the one at `closing` ends; -1 when there is none. Places are asked for in order. */
  openingOf(closing: number): number {
    for (; this.#at < closing; this.#at++) {
      const character = this.#text[this.#at]
      if (character === '"') {
        this.#last = this.#at
        if (!this.#escaped) this.#lastUnescaped = this.#at
      }
      this.#escaped = character === '\\' && !this.#escaped
    }
    // Where all quotes are escaped, the text itself stood in quotes.
    return this.#escaped || this.#lastUnescaped < 0 ? this.#last : this.#lastUnescaped
  }
}

function startOfLocal(text: string, at: number, from: number): number {
  let start = text[at - 1] === '"' ? at - 1 : at
  const last = start
  while (start > from && !NO_LOCAL.test(text[start - 1] as string)) start--
  return start === last ? at : start
}

/** The end of the domain that begins at `start`; before it when none does. */
function endOfDomain(text: string, start: number): number {
  LITERAL.lastIndex = start
  if (LITERAL.test(text)) return LITERAL.lastIndex
  if (!DOMAIN_START.test(characterAt(text, start))) return start - 1
  let end = start
  while (end < text.length) {
    AT_HERE.lastIndex = end
    const part = AT_HERE.exec(text)?.[0] ?? DOMAIN.exec(characterAt(text, end))?.[0]
    if (part === undefined) break
    end += part.length
  }
  while (/[.\-_]/.test(text[end - 1] as string)) end--
  return end
}

const characterAt = (text: string, at: number): string => {
  const point = text.codePointAt(at)
  return point === undefined ? '' : String.fromCodePoint(point)
}

const URL_START = /:\/\/|\bwww\./gi
const SCHEME = /[A-Za-z0-9+.-]/
const URL_STOP = /[\s<>"]/

/** Web addresses: whatever begins with a scheme and `://`, or with `www.`, up to a space. */
export function findUrls(text: string): Span[] {
  const spans: Span[] = []
  let from = 0
  URL_START.lastIndex = 0
  for (let found = URL_START.exec(text); found !== null; found = URL_START.exec(text)) {
    let start = found.index
    if (found[0] === '://') while (start > from && SCHEME.test(text[start - 1] as string)) start--
    let end = found.index + found[0].length
    while (end < text.length && !URL_STOP.test(text[end] as string)) end++
    while (end > found.index + found[0].length && /[.,;:!?)\]}']/.test(text[end - 1] as string)) end--
    from = end
    URL_START.lastIndex = end
    spans.push({ start, end })
  }
  return spans
}
