import { RE2JS, RE2JSSyntaxException } from 're2js'

const WRITTEN = /^\/(.+)\/([a-z]*)$/s
const MOST_CHARACTERS = 500
/** Characters that one expression may look at in one text: each match may look at all that follows it. */
const MOST_WORK = 1_000_000

/** A user's expression as `/source/flags`, ready to be searched for in bounded time. */
export interface OwnExpression {
  /** The text with `placeholder` for each match; for all the rest too where there are too many matches. */
  replace(text: string, placeholder: string): string
}

/** The expression, or what is wrong with it. */
export function parseOwnExpression(written: string): OwnExpression | string {
  const [, source, flags] = WRITTEN.exec(written) ?? []
  if (source === undefined || flags === undefined)
    return 'expected an expression between slashes, such as /ORD-\\d+/i'
  if (source.length > MOST_CHARACTERS)
    return `expected at most ${MOST_CHARACTERS} characters in an expression`
  if (!/^[ims]*$/.test(flags)) return 'expected no other flags than i, m and s'
  const bits =
    (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) |
    (flags.includes('m') ? RE2JS.MULTILINE : 0) |
    (flags.includes('s') ? RE2JS.DOTALL : 0)
  try {
    const compiled = RE2JS.compile(source, bits)
    if (compiled.matcher('').find())
      return 'it matches an empty text, and so everywhere; say what must be there'
    return { replace: (text: string, placeholder: string) => replaceMatches(compiled, text, placeholder) }
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error
    return `expected a regular expression in RE2 syntax, without look-around and back-references; ${error.getDescription()}`
  }
}

function replaceMatches(compiled: RE2JS, text: string, placeholder: string): string {
  const matcher = compiled.matcher(text)
  let result = ''
  let from = 0
  let work = 0
  while (matcher.find()) {
    if (matcher.end() > matcher.start()) {
      result += text.slice(from, matcher.start()) + placeholder
      from = matcher.end()
    }
    work += text.length - from
    if (work > MOST_WORK) return result + (from < text.length ? placeholder : '')
  }
  return result + text.slice(from)
}
