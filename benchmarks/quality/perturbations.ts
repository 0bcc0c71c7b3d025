import type { Random } from '../../src/util/random.ts'

/** Words from this length on are the longer ones that typos fall on. */
const LONGER_WORD = 5

const NEIGHBOURS: Readonly<Record<string, string>> = {
  q: 'wa',
  w: 'qeas',
  e: 'wrsd',
  r: 'etdf',
  t: 'ryfg',
  y: 'tugh',
  u: 'yihj',
  i: 'uojk',
  o: 'ipkl',
  p: 'ol',
  a: 'qwsz',
  s: 'awedzx',
  d: 'serfxc',
  f: 'drtgcv',
  g: 'ftyhvb',
  h: 'gyujbn',
  j: 'huiknm',
  k: 'jiolm',
  l: 'kop',
  z: 'asx',
  x: 'zsdc',
  c: 'xdfv',
  v: 'cfgb',
  b: 'vghn',
  n: 'bhjm',
  m: 'njk',
}

const pick = <T>(items: ArrayLike<T>, random: Random): T => items[Math.floor(random() * items.length)]!

/** Each word of five letters or more gets one slip of the finger with the given probability. */
export function withTypos(text: string, rate: number, random: Random): string {
  return text.replace(/\p{L}+/gu, (word) =>
    word.length >= LONGER_WORD && random() < rate ? mistype(word, random) : word,
  )
}

/** Two letters swapped, one dropped, one doubled, or one replaced by its neighbour on the keyboard. */
function mistype(word: string, random: Random): string {
  const at = Math.floor(random() * word.length)
  switch (Math.floor(random() * 4)) {
    case 0: {
      const first = Math.min(at, word.length - 2)
      return word.slice(0, first) + word[first + 1] + word[first] + word.slice(first + 2)
    }
    case 1:
      return word.slice(0, at) + word.slice(at + 1)
    case 2:
      return word.slice(0, at) + word[at] + word.slice(at)
    default: {
      const neighbours = NEIGHBOURS[word[at]!.toLowerCase()]
      return neighbours ? word.slice(0, at) + pick(neighbours, random) + word.slice(at + 1) : word
    }
  }
}

/** The query between two sentences of chatter; `isBare` leaves out the full stop and capital that mark it off. */
export function betweenChatter(
  text: string,
  { before, after }: { readonly before: readonly string[]; readonly after: readonly string[] },
  random: Random,
  isBare = false,
): string {
  const query = isBare
    ? text
    : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`
  return `${pick(before, random)} ${query} ${pick(after, random)}`
}

/** One pair of neighbouring words changes places. */
export function withWordsSwapped(text: string, random: Random): string {
  const words = text.split(' ')
  if (words.length < 2) return text
  const first = Math.floor(random() * (words.length - 1))
  ;[words[first], words[first + 1]] = [words[first + 1]!, words[first]!]
  return words.join(' ')
}

export const withoutPunctuation = (text: string): string => text.replace(/\p{P}+/gu, '')
