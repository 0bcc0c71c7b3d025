import { StrataError } from '../errors/index.ts'
import { nearestName } from '../util/nearest-name.ts'
import { findEmails, findUrls } from './find-addresses.ts'
import { findDigitRuns, findNumbers } from './find-digits.ts'
import { type OwnExpression, parseOwnExpression } from './own-expression.ts'
import { replaceSpans, type Span } from './span.ts'

// The shortest card numbers, and the shortest telephone numbers that are more than an extension.
const CARD_DIGITS = 13
const PHONE_DIGITS = 7

/** In the order in which they are looked for: an address in a URL goes with the URL. */
const KINDS: Readonly<Record<string, (text: string) => Span[]>> = {
  url: findUrls,
  email: findEmails,
  card: (text) => findDigitRuns(text, CARD_DIGITS),
  phone: (text) => findDigitRuns(text, PHONE_DIGITS),
  number: findNumbers,
}

/** What `redact` of the configuration knows by name. */
const REDACTION_KINDS: readonly string[] = Object.keys(KINDS)

const OWN_PLACEHOLDER = '[redacted]'

/** Takes personal data out of a text; never throws. */
export type Redactor = (text: string) => string

/** What is wrong with an entry of the list that `createRedactor` takes; null when nothing is. */
export function redactionProblem(entry: string): string | null {
  if (Object.hasOwn(KINDS, entry)) return null
  if (entry.startsWith('/')) {
    const parsed = parseOwnExpression(entry)
    return typeof parsed === 'string' ? parsed : null
  }
  const nearest = nearestName(entry, REDACTION_KINDS)
  return `expected ${REDACTION_KINDS.join(', ')} or an expression between slashes${nearest ? `; did you mean ${nearest}?` : ''}`
}

/**
 * @param entries kinds, and expressions as `/source/flags`
 * @throws StrataError `invalid_configuration`
 */
export function createRedactor(entries: readonly string[]): Redactor {
  const own = entries.filter((entry) => !Object.hasOwn(KINDS, entry)).map(ownExpression)
  const kinds = Object.entries(KINDS).filter(([kind]) => entries.includes(kind))
  return (text) => {
    let left = text
    for (const expression of own) left = expression.replace(left, OWN_PLACEHOLDER)
    for (const [kind, find] of kinds) left = replaceSpans(left, find(left), `[${kind}]`)
    return left
  }
}

function ownExpression(entry: string): OwnExpression {
  const parsed = parseOwnExpression(entry)
  if (typeof parsed === 'string')
    throw new StrataError('invalid_configuration', `${entry} cannot be redacted: ${parsed}.`)
  return parsed
}
