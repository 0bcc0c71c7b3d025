/**
 * The text as a sequence of comparable pieces: words without case, accents and width, and each other visible
 * character by itself, so that a phrase matches exactly where its pieces stand in a row.
 * Characters of scripts written without spaces are pieces of their own, as those have no word boundaries to find.
 * @returns the pieces in order, of at most the first 131,072 characters of the decomposed text
 * @remarks O(length); never throws, lone surrogates included.
 */
export function phraseTokens(text: string): string[] {
  const tokens: string[] = []
  visitPhraseTokens(text, (token) => {
    tokens.push(token)
  })
  return tokens
}

/** As `phraseTokens`, without making an array. */
export function visitPhraseTokens(text: string, visit: (token: string) => void): void {
  if (!isAscii(text)) {
    for (const match of foldText(text).matchAll(PIECES)) visit(match[0])
    return
  }
  const lower = text.toLowerCase()
  let wordStart = -1
  for (let index = 0; index < lower.length; index++) {
    const code = lower.charCodeAt(index)
    if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) {
      if (wordStart < 0) wordStart = index
      continue
    }
    if (wordStart >= 0) {
      visit(lower.slice(wordStart, index))
      wordStart = -1
    }
    if (code > 32 && code < 127) visit(lower[index]!)
  }
  if (wordStart >= 0) visit(lower.slice(wordStart))
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return false
  return true
}

/** Decomposition makes up to 18 characters of one; a text of 32 KiB in any living script stays below this. */
const MAX_DECOMPOSED_LENGTH = 131_072

/** Lower case twice round upper case, so that ß, ẞ and SS meet; recomposed, so that a Hangul syllable stays one character. */
function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .slice(0, MAX_DECOMPOSED_LENGTH)
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC')
    .replace(/[‘’ʼ＇`´]/g, "'")
    .replace(/[“”„«»]/g, '"')
    .replace(/[‐‑‒–—―−]/g, '-')
    .replaceAll('ς', 'σ')
}

const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}'
const PIECES = new RegExp(`[${UNSPACED}]|(?:(?![${UNSPACED}])[\\p{L}\\p{N}])+|[^\\s\\p{C}]`, 'gu')
