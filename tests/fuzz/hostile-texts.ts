import { type Random, seededRandom } from '../../src/util/random.ts'

/** The longest text that the server takes, in UTF-16 units. */
export const LONGEST_TEXT = 32 * 1024

const INVISIBLE = [
  '\u0000',
  '\u0007',
  '\u001b',
  '\u007f',
  '\u00ad',
  '\u200b',
  '\u200d',
  '\u202e',
  '\u2066',
  '\ufeff',
  '\ufff9',
]
const COMBINING = ['\u0300', '\u0301', '\u0327', '\u0489', '\u20dd', '\u0e47', '\u05b0', '\ufe0f']
const EMOJI = ['😀', '👩🏽‍🚒', '👨‍👩‍👧‍👦', '🇨🇭', '1️⃣', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '❤️', '☎']
const SCRIPTS = [
  'مرحبا كيف',
  'שלום לכולם',
  'Привет мир',
  '你好世界',
  'こんにちは',
  '안녕하세요',
  'สวัสดีครับ',
  'हिन्दी में',
  'ἀρχή',
  'ﷺ ﬁ ℌ Å ½ ㎏',
]
const CODE = [
  '__proto__',
  'constructor.prototype',
  '{"text": null}',
  "'; DROP TABLE routes; --",
  '<script>alert(1)</script>',
  '{{7*7}}',
  '%00%0a..\\..\\',
  '1e999 -0 NaN 0x7fffffff',
  '(a+)+$',
  '\\u{110000}',
]
const WORDS = [
  'refund',
  'my',
  'the',
  'weather',
  'card',
  'please',
  'and',
  'cancel',
  'recieve',
  "don't",
  'order-17',
  'zzz',
]
const STOPS = ['. ', '! ', '? ', '; ', ', and ', ' - ', '\n', '…', '。', '—', '']

const pick = <T>(from: readonly T[], random: Random): T => from[Math.floor(random() * from.length)]!
const upTo = (most: number, random: Random): number => Math.floor(random() * (most + 1))
const repeat = (make: () => string, count: number): string => Array.from({ length: count }, make).join('')
const letters = (count: number, random: Random): string =>
  repeat(() => String.fromCharCode(97 + upTo(25, random)), count)
const sentence = (random: Random): string => repeat(() => `${pick(WORDS, random)} `, 1 + upTo(8, random))

/** One kind of hostility each: a text of about `size` units. */
const KINDS: readonly ((size: number, random: Random) => string)[] = [
  // Any code units, lone surrogates among them.
  (size, random) => repeat(() => String.fromCharCode(upTo(0xffff, random)), size),
  (size, random) => repeat(() => String.fromCharCode(0xd800 + upTo(0x7ff, random)), size),
  // Any code points.
  (size, random) => repeat(() => String.fromCodePoint(upTo(0x10ffff, random)), size / 2),
  (size, random) => repeat(() => String.fromCharCode(upTo(0x2ff, random)), size),
  // One unit, one word, one cluster, over and over.
  (size, random) => String.fromCharCode(upTo(0xffff, random)).repeat(size),
  (size, random) => pick([...WORDS, ...CODE, ...EMOJI, ...SCRIPTS], random).repeat(size / 8),
  (size, random) => `${pick(WORDS, random)} `.repeat(size / 6),
  // Letters under heaps of marks, and marks alone.
  (size, random) =>
    repeat(
      () => pick(['e', 'Z', '的', ''], random) + pick(COMBINING, random).repeat(upTo(40, random)),
      size / 20,
    ),
  // Real words with something invisible inside.
  (size, random) =>
    repeat(
      () => pick(WORDS, random).split('').join(pick(INVISIBLE, random)) + pick([' ', ''], random),
      size / 12,
    ),
  // Long words, all different, known to nobody.
  (size, random) => repeat(() => `${letters(150, random)} `, size / 150),
  (size, random) => repeat(() => `${letters(3 + upTo(38, random), random)} `, size / 22),
  (size, random) => repeat(() => `é${letters(11, random)} `, size / 13),
  // Misspelt words: each may be corrected.
  (size, random) =>
    repeat(() => `${pick(['refnud', 'wether', 'pleaze', 'cancell', 'suscription'], random)} `, size / 8),
  // Sentences, clauses, stops, and nothing but stops.
  (size, random) => repeat(() => sentence(random) + pick(STOPS, random), size / 25),
  (size, random) => repeat(() => pick(STOPS, random), size / 2),
  (size, random) => repeat(() => `${pick(WORDS, random)}${pick(STOPS, random)}`, size / 7),
  // Scripts, emoji, code, bidirectional overrides, mixed.
  (size, random) =>
    repeat(() => pick([...SCRIPTS, ...EMOJI, ...CODE, ...WORDS, ...INVISIBLE, ' '], random), size / 5),
  (size, random) =>
    repeat(() => pick(EMOJI, random) + pick(['', '\u200d', '\ufe0f', '\u{1f3fd}'], random), size / 4),
  (size, random) => `\u202e${repeat(() => `${pick(SCRIPTS, random)} `, size / 10)}`,
  // What backtracking matchers choke on.
  (size, random) => `order-${'1'.repeat(size)}${pick(['', '!', 'x'], random)}`,
  (size, random) => `${'a'.repeat(size)}${pick(['!', 'b', ''], random)}`,
  (size) => '('.repeat(size / 2) + ')'.repeat(size / 2),
  (size) => '"'.repeat(size),
  (size, random) => pick([' ', '\t', '\n', '\u3000', '\u00a0'], random).repeat(size),
]

export const KIND_COUNT = KINDS.length

/** One text of the given kind, 0 to `KIND_COUNT` - 1, never longer than the server takes. */
export function hostileText(kind: number, size: number, random: Random): string {
  return KINDS[kind]!(size, random).slice(0, LONGEST_TEXT)
}

/**
 * Hostile texts, the same for the same seed: all kinds in turn, mostly short, one in `longOneIn` up to 32 KiB long.
 */
export function* hostileTexts(count: number, seed: number, longOneIn = 200): Generator<string> {
  const random = seededRandom(seed)
  for (let place = 0; place < count; place++) {
    const long = random() * longOneIn < 1
    yield hostileText(place % KIND_COUNT, long ? upTo(LONGEST_TEXT, random) : upTo(120, random), random)
  }
}
