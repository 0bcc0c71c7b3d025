import {
  COMPATIBLE,
  FOLDS,
  IDEOGRAPHS,
  LONG_COMPATIBLE,
  LONG_FOLDS,
  PUNCTUATION as PUNCTUATION_RANGES,
  REMOVED as REMOVED_RANGES,
  SPACES,
} from './character-table.ts'

/** Has no effect on the text: control, format, private, lone surrogate, or a mark without a width. */
export const REMOVED = 0
export const SPACE = 1
/** A word of its own for the encoder; a separator for lexical words. */
export const PUNCTUATION = 2
/** A word of its own everywhere. */
export const IDEOGRAPH = 3
/** Part of a word: letters, digits, and also symbols and emoji. */
export const LETTER = 4
export type CharacterClass =
  | typeof REMOVED
  | typeof SPACE
  | typeof PUNCTUATION
  | typeof IDEOGRAPH
  | typeof LETTER

/** One code point, or seldom several. */
export type Fold = number | readonly number[]

interface Tables {
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  readonly classes: Uint8Array
  readonly folds: ReadonlyMap<number, Fold>
  readonly compatible: ReadonlyMap<number, Fold>
}

const number36 = (text: string) => Number.parseInt(text, 36)

function decodeRanges(text: string, characterClass: CharacterClass): [number, number, CharacterClass][] {
  let end = 0
  return text.split(' ').map((entry) => {
    const [gap = '', more = '0'] = entry.split('-')
    const start = end + number36(gap)
    end = start + number36(more)
    return [start, end, characterClass]
  })
}

function decodeFolds(runs: string, sequences: string): Map<number, Fold> {
  const folds = new Map<number, Fold>()
  let end = 0
  for (const run of runs.split(' ')) {
    const [gap = 0, shift = 0, more = 0, stride = 1] = run.split(',').map(number36)
    const start = end + gap
    end = start + more * stride
    for (let code = start; code <= end; code += stride) folds.set(code, code + shift)
  }
  for (const entry of sequences.split(' ')) {
    const [code = '', folded = ''] = entry.split(':')
    folds.set(number36(code), folded.split('.').map(number36))
  }
  return folds
}

function decodeTables(): Tables {
  const ranges = [
    ...decodeRanges(REMOVED_RANGES, REMOVED),
    ...decodeRanges(SPACES, SPACE),
    ...decodeRanges(PUNCTUATION_RANGES, PUNCTUATION),
    ...decodeRanges(IDEOGRAPHS, IDEOGRAPH),
    [0xd800, 0xdfff, REMOVED] as const,
  ].sort((a, b) => a[0] - b[0])
  return {
    starts: Uint32Array.from(ranges, (range) => range[0]),
    ends: Uint32Array.from(ranges, (range) => range[1]),
    classes: Uint8Array.from(ranges, (range) => range[2]),
    folds: decodeFolds(FOLDS, LONG_FOLDS),
    compatible: decodeFolds(COMPATIBLE, LONG_COMPATIBLE),
  }
}

// Decoded on first use, so that importing the package costs nothing.
let decoded: Tables | undefined
function tables(): Tables {
  decoded ??= decodeTables()
  return decoded
}

/**
 * How a code point is read, by a table that is the same on every platform.
 * @param codePoint 0..0x10ffff
 * @remarks About 30 ns; callers keep pages of results (see `CharacterPages`).
 */
export function classOf(codePoint: number): CharacterClass {
  const { starts, ends, classes } = tables()
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (starts[middle]! <= codePoint) low = middle + 1
    else high = middle
  }
  return low > 0 && ends[low - 1]! >= codePoint ? (classes[low - 1] as CharacterClass) : LETTER
}

const isCompatibilityIdeograph = (codePoint: number) =>
  (codePoint >= 0xf900 && codePoint <= 0xfaff) || (codePoint >= 0x2f800 && codePoint <= 0x2fa1f)

/**
 * The code point decomposed, without accents, in lower case; itself where nothing applies.
 * @remarks Hangul syllables are left whole: they decompose by arithmetic.
 */
export function foldOf(codePoint: number): Fold {
  if (isCompatibilityIdeograph(codePoint)) {
    return String.fromCodePoint(codePoint).normalize('NFD').codePointAt(0)!
  }
  return tables().folds.get(codePoint) ?? codePoint
}

/** As `foldOf`, and full-width, circled, ligature and similar forms become what they stand for. */
export function compatibleFoldOf(codePoint: number): Fold {
  return tables().compatible.get(codePoint) ?? foldOf(codePoint)
}

/** One number for each code point, worked out a page of 256 at a time when first asked for; at most 4,352 pages. */
export class CharacterPages {
  readonly #pages: (Uint32Array | undefined)[] = new Array(0x1100).fill(undefined)
  readonly #numberOf: (codePoint: number) => number

  /** @param numberOf the number, 0..2^32-1, of a code point; called once for each */
  constructor(numberOf: (codePoint: number) => number) {
    this.#numberOf = numberOf
  }

  /** The page with the code points from `index * 256`. */
  page(index: number): Uint32Array {
    const page = this.#pages[index]
    if (page !== undefined) return page
    const made = new Uint32Array(256)
    for (let low = 0; low < 256; low++) made[low] = this.#numberOf((index << 8) | low)
    this.#pages[index] = made
    return made
  }
}
