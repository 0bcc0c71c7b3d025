import type { Span } from './span.ts'

const AT = /[@\uff20\ufe6b]/g
/** What cannot be in the part before the @ unless quoted. */
const NO_LOCAL = /[\s()<>[\]:;,"@\uff20\ufe6b]/
const DOMAIN = /[\p{L}\p{N}\p{M}.\-_@\uff20\ufe6b\u200b-\u200d]/u
const DOMAIN_START = /[\p{L}\p{N}]/u
/** An address in the place of a domain. */
const LITERAL = /\[(?:IPv6:)?[0-9A-Fa-f.:]{2,60}\]/y

/** E-mail addresses, of any script, without a dot in the domain too; several that hang together are one. */
export function findEmails(text: string): Span[] {
  const spans: Span[] = []
  let from = 0
  AT.lastIndex = 0
  for (let found = AT.exec(text); found !== null; found = AT.exec(text)) {
    const at = found.index
    const start = startOfLocal(text, at, from)
    const end = start < at ? endOfDomain(text, at + 1) : at
    // Neither side is looked at again, so that the whole takes linear time.
    from = Math.max(end, at + 1)
    AT.lastIndex = from
    if (end > at) spans.push({ start, end })
  }
  return spans
}

function startOfLocal(text: string, at: number, from: number): number {
  if (text[at - 1] === '"') {
    const quote = text.lastIndexOf('"', at - 2)
    return quote >= from && at - quote <= 80 ? quote : at
  }
  let start = at
  while (start > from && !NO_LOCAL.test(text[start - 1] as string)) start--
  return start
}

/** The end of the domain that begins at `start`; before it when none does. */
function endOfDomain(text: string, start: number): number {
  LITERAL.lastIndex = start
  if (LITERAL.test(text)) return LITERAL.lastIndex
  if (!DOMAIN_START.test(characterAt(text, start))) return start - 1
  let end = start
  while (end < text.length) {
    const character = characterAt(text, end)
    if (!DOMAIN.test(character)) break
    end += character.length
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
