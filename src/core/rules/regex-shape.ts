/** What can be told of a regular expression by reading it, without compiling it. */
interface RegexShape {
  /** Upper bound of the instructions its automaton has, Unicode classes counted as several. */
  readonly size: number
  /**
   * Texts of ASCII characters, lower case, one of which occurs in everything the expression matches (once folded);
   * null when that cannot be told.
   */
  readonly required: readonly string[] | null
  /** The first construct that a linear-time matcher cannot have. */
  readonly unsupported: 'look-around' | 'back-reference' | 'atomic group' | null
}

/**
 * Reads an expression in RE2 syntax. Deciding whether it is valid is the compiler's business: what this does not
 * understand it counts as one instruction that requires nothing.
 * @remarks O(length); never throws.
 */
export function regexShape(pattern: string): RegexShape {
  return new ShapeReader(pattern).read()
}

/** Lower case where that is ASCII, as the case folding of regular expressions has it: `ſ` is an s and `K` a k. */
export function foldedAsciiCode(code: number): number {
  if (code >= 65 && code <= 90) return code + 32
  if (code < 128) return code
  if (code === 0x17f) return 115
  if (code === 0x212a) return 107
  return -1
}

const MAX_REQUIRED = 32
/** Groups within groups; what nests deeper counts as too large, so that no stack runs out. */
const MAX_DEPTH = 250
/** A class such as \p{L} has up to 1,300 ranges, and takes about 0.1 ms to read. */
const UNICODE_CLASS_SIZE = 20
/** Large enough for every limit, small enough that products of repeats stay exact. */
const HUGE = 1e9

interface Part {
  size: number
  required: readonly string[] | null
  /** The whole part is just this text. */
  literal: string | null
}

const UNKNOWN: Part = { size: 1, required: null, literal: null }
const NOTHING: Part = { size: 1, required: null, literal: '' }

class ShapeReader {
  readonly #pattern: string
  #at = 0
  #depth = 0
  #unicodeClasses = 0
  #unsupported: RegexShape['unsupported'] = null

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  read(): RegexShape {
    let part = this.#alternation()
    // A closing parenthesis too many: the compiler will refuse it, so only the size must stay an upper bound.
    while (this.#at < this.#pattern.length) {
      this.#at++
      const more = this.#alternation()
      part = { size: part.size + more.size, required: null, literal: null }
    }
    const size = part.size + 3 + UNICODE_CLASS_SIZE * this.#unicodeClasses
    return { size, required: part.required, unsupported: this.#unsupported }
  }

  #alternation(): Part {
    const branches = [this.#sequence()]
    while (this.#pattern[this.#at] === '|') {
      this.#at++
      branches.push(this.#sequence())
    }
    if (branches.length === 1) return branches[0]!
    const size = branches.reduce((sum, branch) => sum + branch.size + 1, 0)
    const required: string[] = []
    for (const branch of branches) {
      if (branch.required === null) return { size, required: null, literal: null }
      required.push(...branch.required)
    }
    return { size, required: required.length > MAX_REQUIRED ? null : required, literal: null }
  }

  #sequence(): Part {
    let size = 0
    let run = ''
    let isLiteral = true
    let whole = ''
    let best: readonly string[] | null = null
    const offer = (candidate: readonly string[] | null) => {
      if (candidate !== null && worth(candidate) > worth(best)) best = candidate
    }
    while (this.#at < this.#pattern.length) {
      const character = this.#pattern[this.#at]
      if (character === '|' || character === ')') break
      const part = this.#repeated()
      size += part.size
      if (part.literal !== null) {
        run += part.literal
        whole += part.literal
      } else {
        offer(run === '' ? null : [run])
        offer(part.required)
        run = ''
        isLiteral = false
      }
    }
    offer(run === '' ? null : [run])
    return { size: Math.max(size, 1), required: best, literal: isLiteral ? whole : null }
  }

  #repeated(): Part {
    let part = this.#atom()
    for (;;) {
      const rest = this.#pattern[this.#at]
      if (rest === '*' || rest === '?') {
        this.#at++
        part = { size: part.size + 2, required: null, literal: null }
      } else if (rest === '+') {
        this.#at++
        part = { size: part.size + 1, required: part.required ?? nonEmpty(part.literal), literal: null }
      } else if (rest === '{') {
        REPEAT.lastIndex = this.#at
        const counts = REPEAT.exec(this.#pattern)
        if (counts === null) return part
        this.#at = REPEAT.lastIndex
        part = repeat(part, Number(counts[1]), counts[2] === undefined ? null : counts[3]!)
      } else {
        return part
      }
    }
  }

  #atom(): Part {
    const character = this.#pattern[this.#at]!
    if (character === '(') return this.#group()
    if (character === '[') return this.#class()
    if (character === '\\') return this.#escape()
    this.#at++
    return '.^$*+?'.includes(character) ? UNKNOWN : literalPart(character)
  }

  #group(): Part {
    this.#at++
    const rest = this.#pattern.slice(this.#at, this.#at + 3)
    if (/^\?<?[=!]/.test(rest)) this.#unsupported ??= 'look-around'
    if (rest.startsWith('?>')) this.#unsupported ??= 'atomic group'
    OPENING.lastIndex = this.#at
    const opening = OPENING.exec(this.#pattern)
    if (opening !== null) {
      this.#at = OPENING.lastIndex
      if (opening[0].endsWith(')')) return NOTHING
    }
    if (this.#depth >= MAX_DEPTH) {
      this.#at = this.#pattern.length
      return { size: HUGE, required: null, literal: null }
    }
    this.#depth++
    const inside = this.#alternation()
    this.#depth--
    if (this.#pattern[this.#at] === ')') this.#at++
    return { size: inside.size + 2, required: inside.required, literal: inside.literal }
  }

  #class(): Part {
    this.#at++
    if (this.#pattern[this.#at] === '^') this.#at++
    if (this.#pattern[this.#at] === ']') this.#at++
    while (this.#at < this.#pattern.length && this.#pattern[this.#at] !== ']') {
      POSIX_CLASS.lastIndex = this.#at
      if (POSIX_CLASS.test(this.#pattern)) this.#at = POSIX_CLASS.lastIndex
      else if (this.#pattern[this.#at] === '\\') this.#escape()
      else this.#at++
    }
    this.#at++
    return UNKNOWN
  }

  #escape(): Part {
    const next = this.#pattern[this.#at + 1] ?? ''
    if (next === 'Q') {
      const end = this.#pattern.indexOf('\\E', this.#at + 2)
      const stop = end < 0 ? this.#pattern.length : end
      const quoted = this.#pattern.slice(this.#at + 2, stop)
      this.#at = end < 0 ? stop : end + 2
      // A repetition after the quotation binds to its last character only.
      return { size: quoted.length + 1, required: null, literal: null }
    }
    if (next === 'p' || next === 'P') this.#unicodeClasses++
    if ((next >= '1' && next <= '9') || next === 'k') this.#unsupported ??= 'back-reference'
    LONG_ESCAPE.lastIndex = this.#at
    this.#at = LONG_ESCAPE.test(this.#pattern) ? LONG_ESCAPE.lastIndex : this.#at + 2
    return /^[!-/:-@[-`{-~]$/.test(next) ? literalPart(next) : UNKNOWN
  }
}

const REPEAT = /\{(\d{1,9})(,(\d{0,9}))?\}/y
const OPENING = /\?(?:P?<[^=!>][^>]*>|[a-zA-Z-]*[:)]|<?[=!]|>)/y
const POSIX_CLASS = /\[:\^?[a-z]+:\]/y
const LONG_ESCAPE = /\\(?:[pP]\{[^}]*\}|x\{[^}]*\}|x[0-9a-fA-F]{2}|[pP].|[0-7]{1,3})/uy

function literalPart(character: string): Part {
  const code = foldedAsciiCode(character.charCodeAt(0))
  if (code < 0) return UNKNOWN
  return { size: 1, required: null, literal: String.fromCharCode(code) }
}

function repeat(part: Part, least: number, most: string | null): Part {
  // As the compiler writes them out: `least` copies, then each further one behind a branch, or a loop.
  const optional = most === null ? 0 : most === '' ? 1 : Math.max(0, Number(most) - least)
  return {
    size: Math.min(HUGE, part.size * least + (part.size + 1) * optional + 1),
    required: least > 0 ? (part.required ?? nonEmpty(part.literal)) : null,
    literal: null,
  }
}

const nonEmpty = (literal: string | null): readonly string[] | null => (literal ? [literal] : null)

/** Longer is rarer; of a choice only the shortest counts. */
const worth = (required: readonly string[] | null): number =>
  required === null ? 0 : Math.min(...required.map((text) => text.length))
