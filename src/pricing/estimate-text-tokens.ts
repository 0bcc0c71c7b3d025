/**
 * Tokens of a text, estimated without a tokenizer: a little too many rather than too few.
 *
 * Measured on texts of 1 to 60 KB against tokenizers of OpenAI, o200k_base (gpt-4o and later) and cl100k_base (gpt-4):
 * English prose, code, JSON, tables and hexadecimal digits come out 0 to 40% too high for both. Other languages in Latin
 * script come out 15 to 50% too high for o200k (Vietnamese 70%), and between 7% too low and 25% too high for cl100k.
 * Chinese, Japanese and Korean come out 25 to 80% too high for o200k, between 7% too low and 35% too high for cl100k. Other
 * scripts come out one and a half times to three times what o200k makes of them, about what cl100k makes. Anthropic has
 * published the tokenizer of its first models only; for that, English and code come out 0 to 35% too high, other
 * languages between 20% too low and 40% too high, and half of right in scripts that it splits into bytes (Armenian, Khmer).
 * @returns integer >= 0; 0 for an empty text only
 * @remarks O(n), under 2 microseconds for 1,000 characters; allocates nothing.
 */
export function estimateTextTokens(text: string): number {
  let units = 0
  let row = 0
  for (let at = 0, length = text.length; at < length; at++) {
    const code = text.charCodeAt(at)
    const kind = code < 128 ? ASCII_KINDS[code]! : kindOf(code)
    units += UNITS[row | kind]!
    row = kind << 4
  }
  return text === '' ? 0 : Math.max(1, Math.ceil(units / UNITS_PER_TOKEN))
}

const SPACE = 0
const LOWER = 1
const UPPER = 2
const DIGIT = 3
const SIGN = 4
const NEWLINE = 5
/** Latin letters beyond ASCII. */
const ACCENTED = 6
/** Letters of Greek, Cyrillic, Armenian, Hebrew and Arabic script. */
const LETTER = 7
/** Of scripts of South and South East Asia, Georgian, Ethiopic, Khmer. */
const SYLLABLE = 8
/** Chinese, Japanese, Korean. */
const IDEOGRAPH = 9
/** All else, each half of an emoji. */
const SYMBOL = 10
/** A power of two, so that a row of the table begins at a shifted kind. */
const KINDS = 16

const UNITS_PER_TOKEN = 64

/** What a character adds, in parts of a token, by its kind after the kind of the one before it. */
const UNITS = unitsTable()

function unitsTable(): Int32Array {
  const units = new Int32Array(KINDS * KINDS)
  for (let previous = SPACE; previous <= SYMBOL; previous++) {
    for (let kind = SPACE; kind <= SYMBOL; kind++) {
      units[previous * KINDS + kind] = Math.round(tokensOf(kind, previous) * UNITS_PER_TOKEN)
    }
  }
  return units
}

/** Fitted to the counts of the two tokenizers of OpenAI, then raised by a tenth. */
function tokensOf(kind: number, previous: number): number {
  switch (kind) {
    case LOWER:
      if (previous === LOWER || previous === UPPER || previous === ACCENTED) return 0.29
      return previous === DIGIT ? 0.8 : 0.17
    case UPPER:
      if (previous === UPPER) return 0.33
      return previous === LOWER ? 1.1 : previous === DIGIT ? 0.8 : 0.55
    case DIGIT:
      return previous === DIGIT ? 0.38 : 1.7
    case SIGN:
      return previous === SIGN ? 0.55 : 0.44
    case NEWLINE:
      return previous === NEWLINE ? 0.02 : 1.4
    case SPACE:
      return previous === SPACE || previous === NEWLINE ? 0.03 : 0
    case ACCENTED:
      return 1.8
    case LETTER:
      return previous === LETTER ? 0.55 : 1.9
    case SYLLABLE:
      return 1.3
    case IDEOGRAPH:
      return 1.25
    default:
      return 1.5
  }
}

const ASCII_KINDS = Int32Array.from({ length: 128 }, (_, code) => {
  if (code >= 97 && code <= 122) return LOWER
  if (code >= 65 && code <= 90) return UPPER
  if (code >= 48 && code <= 57) return DIGIT
  if (code === 32 || code === 9) return SPACE
  return code === 10 || code === 13 ? NEWLINE : SIGN
})

function kindOf(code: number): number {
  if (code < 0x250) return code < 0xc0 ? SYMBOL : ACCENTED
  if (code < 0x900) return LETTER
  if (code < 0x1100) return SYLLABLE
  if (code < 0x1200) return IDEOGRAPH
  if (code < 0x1e00) return SYLLABLE
  if (code < 0x1f00) return ACCENTED
  if (code < 0x2000) return LETTER
  if (code < 0x2e80) return SYMBOL
  if (code < 0xd7b0) return IDEOGRAPH
  if (code < 0xf900) return SYMBOL
  if (code < 0xfb00 || (code >= 0xff00 && code < 0xfff0)) return IDEOGRAPH
  return SYMBOL
}
