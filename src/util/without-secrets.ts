// Keys of OpenAI and Anthropic (`sk-…`), Google (`AIza…`, `ya29.…`), Groq, xAI and this server (`sr_…`), what follows
// `Bearer`, `Basic` or `key=`, and passwords in addresses.
const SECRETS =
  /\b(?:sk|pk|rk|gsk|xai)[-_][\w*-]{6,}|\bsr_[\w*-]{16,}|\bAIza[\w-]{20,}|\bya29\.[\w-]+|(?<=\b(?:Bearer|Basic)\s+)[\w.~+/*-]{8,}=*|(?<=\b(?:api[-_]?)?(?:key|token|password)=)[^\s&"'\\]{4,}|(?<=:\/\/[^\s:@/]*:)[^\s@/]+(?=@)/gi

const SECRET = '[secret]'

/** Shorter texts are parts of words. */
const SHORTEST = 4

/** Whatever looks like a key or a password, left out. */
export const withoutSecrets = (text: string): string => text.replace(SECRETS, SECRET)

/** A function that leaves these very values out, however they are escaped in JSON, and whatever looks like one. */
export function secretRemover(values: Iterable<string>): (text: string) => string {
  const known = new Set<string>()
  for (const value of values) {
    if (value.length < SHORTEST) continue
    known.add(value)
    known.add(JSON.stringify(value).slice(1, -1))
    known.add(encodeURIComponent(value))
  }
  if (known.size === 0) return withoutSecrets
  // The longest first, as one may be the beginning of another.
  const list = [...known].sort((a, b) => b.length - a.length).map((value) => escaped(value))
  const pattern = new RegExp(list.join('|'), 'g')
  return (text) => withoutSecrets(text.replace(pattern, SECRET))
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
