import { RE2JS, RE2JSSyntaxException, RE2Set } from 're2js'
import type { RuleCondition } from '../../contracts/index.ts'
import { type ErrorDetail, StrataError } from '../../errors/index.ts'
import { regexShape } from './regex-shape.ts'

/** Characters of one regular expression. */
const MAX_REGEX_LENGTH = 2_000
/** Instructions of one compiled regular expression; a bounded repeat counts once for each time it may occur. */
const MAX_REGEX_SIZE = 1_000
/** Instructions of all regular expressions of a route set. */
export const MAX_REGEX_SIZE_OF_SET = 50_000

/** A regular expression, ready to match in time linear in the text. */
export interface CompiledRegex {
  /** Upper bound of its instructions: what one character of text may cost. */
  readonly size: number
  /** One of these occurs in every matching text, once folded to lower-case ASCII; null when nothing is required. */
  readonly required: readonly string[] | null
  /** True when the expression matches anywhere in `text`. */
  test(text: string): boolean
}

/**
 * @param path where the rule's condition stands in the input, for the error
 * @throws StrataError `invalid_rule`: look-around and back-references, bad syntax, too long, too large
 */
export function compileRegex(condition: RuleCondition, path: string): CompiledRegex {
  const result = regexOrProblem(condition, path)
  if ('message' in result) {
    throw new StrataError('invalid_rule', `${result.path}: ${result.message}`, { details: [result] })
  }
  return result
}

/** The compiled expression, or what is wrong with it. A condition object is compiled once, however often it is asked for. */
export function regexOrProblem(condition: RuleCondition, path: string): CompiledRegex | ErrorDetail {
  const known = compiled.get(condition)
  if (known !== undefined) return known
  const result = compile(condition, path)
  if (!('message' in result)) compiled.set(condition, result)
  return result
}

function compile(condition: RuleCondition, path: string): CompiledRegex | ErrorDetail {
  const pattern = condition.regex ?? ''
  const refuse = (message: string): ErrorDetail => ({
    path: `${path}.regex`,
    message,
    got: shortened(pattern),
  })
  if (pattern === '')
    return refuse('expected a regular expression, got an empty text: it would match everything')
  if (pattern.length > MAX_REGEX_LENGTH) {
    return refuse(
      `expected at most ${MAX_REGEX_LENGTH} characters, got ${pattern.length}; split it into several rules`,
    )
  }
  const shape = regexShape(pattern)
  if (shape.size > MAX_REGEX_SIZE) {
    return refuse(
      `expected an expression of at most ${MAX_REGEX_SIZE} instructions, got about ${shape.size > 1e6 ? 'a million or more' : shape.size}; use smaller repeat counts, or + and *, or split it into several rules`,
    )
  }
  try {
    const set = new RE2Set(RE2Set.UNANCHORED, flagBits(condition.flags ?? DEFAULT_FLAGS), AUTOMATON_BYTES)
    set.add(pattern)
    set.compile()
    // The automaton makes its first states on its first text: here, so that no query waits for it.
    set.match(' a0')
    return { size: shape.size, required: shape.required, test: (text) => set.match(text).length > 0 }
  } catch (error) {
    if (shape.unsupported !== null) return refuse(REMEDIES[shape.unsupported])
    if (error instanceof RE2JSSyntaxException) {
      return refuse(`expected a regular expression in RE2 syntax; ${error.getDescription()}`)
    }
    throw error
  }
}

export const DEFAULT_FLAGS = 'i'

/** Beyond this its states are made anew, or simulated; together with the limit on rules it bounds the memory. */
const AUTOMATON_BYTES = 64 * 1024

/** A rule that goes unchanged through an edit of its route set is compiled once. */
const compiled = new WeakMap<RuleCondition, CompiledRegex>()

const REMEDIES = {
  'look-around':
    'look-ahead and look-behind cannot be matched in linear time; write what must be there as a plain expression, and what must not be there as a second rule with then: forbid',
  'back-reference':
    'back-references cannot be matched in linear time; write the alternatives out, such as (?:"[^"]*"|\'[^\']*\') instead of (["\']).*\\1',
  'atomic group':
    'atomic groups are not needed, as matching takes linear time anyway; write (?:...) instead of (?>...)',
} as const

function flagBits(flags: string): number {
  let bits = 0
  if (flags.includes('i')) bits |= RE2JS.CASE_INSENSITIVE
  if (flags.includes('m')) bits |= RE2JS.MULTILINE
  if (flags.includes('s')) bits |= RE2JS.DOTALL
  return bits
}

function shortened(pattern: string): string {
  return pattern.length <= 80 ? pattern : `${pattern.slice(0, 77)}...`
}
