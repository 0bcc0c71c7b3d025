import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitSegments } from './segments.ts'

const parts = (text: string, maxSegments = 16) =>
  splitSegments(text, { maxSegments }).map((segment) => segment.text)
const whole = (text: string) => [text]

const PARTS = [
  ...' .!?;,:-—…\n"\'’)(/@。！…漢é1\ud83d\u00a0',
  'and ', 'but ', ' because ', 'i ', 'what is it ', 'one two three ', 'e.g. ', 'Mr. ', '3.5', 'https://a.b/c?d;e ', 'also ',
] // biome-ignore format: as one
const message = fc.oneof(
  fc.array(fc.constantFrom(...PARTS), { maxLength: 60 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary' }),
)

const PLAIN_WORDS =
  "is my card i can what's a the refund 3 where it goes is my card i can the and but so because also an'd 'and 'because and' Also"
const plainMessage = fc
  .tuple(
    fc.array(fc.constantFrom(...PLAIN_WORDS.split(' ')), { maxLength: 14 }),
    fc.constantFrom('', '?', '.', ' ', '!', ','),
  )
  .map(([words, end]) => words.join(' ') + end)

describe('splitSegments', () => {
  test('splits what is read quickly as it splits all else', () => {
    fc.assert(
      fc.property(plainMessage, (text) => {
        // White space in front belongs to no segment, but has the message read the long way.
        const slowly = splitSegments(`\t${text}`)
        const quickly = splitSegments(text)
        expect(quickly).toHaveLength(slowly.length)
        if (slowly.length > 1) expect(quickly.map(({ text }) => text)).toEqual(slowly.map(({ text }) => text))
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    [
      'sentences',
      'My card is lost. Where is it now? Send me another!',
      ['My card is lost.', 'Where is it now?', 'Send me another!'],
    ],
    ['lines', 'book me a table\norder me a taxi', ['book me a table', 'order me a taxi']],
    ['semicolons', 'my card was lost; please block it', ['my card was lost;', 'please block it']],
    [
      'clauses after a comma',
      'i hope you are well, can you tell me my balance',
      ['i hope you are well,', 'can you tell me my balance'],
    ],
    [
      'clauses before "but" and "because"',
      'i like my card but it is gone because i lost it',
      ['i like my card', 'but it is gone', 'because i lost it'],
    ],
    [
      'a short request after "and"',
      'what is my balance and where is',
      ['what is my balance', 'and where is'],
    ],
    [
      'two requests joined by "and"',
      'what is my balance and when is it due',
      ['what is my balance', 'and when is it due'],
    ],
    [
      'dashes between words',
      'i was charged twice - please refund me',
      ['i was charged twice', 'please refund me'],
    ],
    [
      'dashes without spaces',
      'i was charged twice—please refund me',
      ['i was charged twice—', 'please refund me'],
    ],
    ['colons', 'here is my question: where is my order', ['here is my question:', 'where is my order']],
    [
      'sentences without a space between',
      'come here right now!please help me out',
      ['come here right now!', 'please help me out'],
    ],
    ['Chinese sentences', '我想退款。谢谢你们！', ['我想退款。', '谢谢你们！']],
    [
      'sentences that end in a quotation mark',
      '"Stop that now." Then she left us.',
      ['"Stop that now."', 'Then she left us.'],
    ],
  ])('splits %s', (_, text, expected) => {
    expect(parts(text)).toEqual(expected)
  })

  test.each([
    ['one sentence', 'what is my balance'],
    ['numbers', 'i would like 3.5 kg of rice at 12.50'],
    ['addresses', 'see https://example.com/a?b=c;d&e=f!g for more of it'],
    ['mail addresses', 'write to anna.smith@example.com about it please'],
    ['abbreviations', 'tell Mr. Smith e.g. the time at 5 p.m. in the U.S. office'],
    ['lists', 'buy apples, pears, and bananas'],
    ['things joined by "and"', 'i need my name and my address'],
    ['hyphens', 'my e-mail is out-of-date again'],
    ['an empty text', ''],
    ['white space', ' \n '],
    ['punctuation', '... - !?'],
  ])('does not split %s', (_, text) => {
    expect(parts(text)).toEqual(whole(text))
  })

  test('joins a short piece to its neighbour, over the weaker boundary', () => {
    expect(parts('Hi! I want a refund. Thanks.')).toEqual(whole('Hi! I want a refund. Thanks.'))
    expect(parts('My card is lost. Sorry, i need another one')).toEqual([
      'My card is lost.',
      'Sorry, i need another one',
    ])
    expect(parts('My card is lost. Help! I need another one')).toEqual([
      'My card is lost. Help!',
      'I need another one',
    ])
  })

  test('joins neighbours until there are at most the asked for', () => {
    const text = Array.from({ length: 10 }, (_, index) => `this is sentence ${index}.`).join(' ')
    expect(parts(text, 10)).toHaveLength(10)
    expect(parts(text, 4)).toEqual([
      'this is sentence 0. this is sentence 1.',
      'this is sentence 2. this is sentence 3. this is sentence 4.',
      'this is sentence 5. this is sentence 6.',
      'this is sentence 7. this is sentence 8. this is sentence 9.',
    ])
    expect(parts(text, 1)).toEqual(whole(text))
  })

  test('covers all but white space and dashes, in order, within the limit, whatever the text', () => {
    fc.assert(
      fc.property(message, fc.integer({ min: 1, max: 20 }), (text, maxSegments) => {
        const segments = splitSegments(text, { maxSegments })
        expect(segments.length).toBeGreaterThan(0)
        expect(segments.length).toBeLessThanOrEqual(maxSegments)
        let end = 0
        for (const segment of segments) {
          expect(text.slice(segment.start, segment.end)).toBe(segment.text)
          expect(text.slice(end, segment.start)).toMatch(/^[\s\-–—\u0085]*$/)
          if (segments.length > 1) expect(segment.text).toBe(segment.text.trim())
          end = segment.end
        }
        expect(text.slice(end)).toMatch(/^[\s\-–—\u0085]*$/)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a capital letter without a stop before it', () => {
  test('begins a sentence after one that began without a capital', () => {
    expect(parts('how do i change my pin Thanks for your help.')).toStrictEqual([
      'how do i change my pin',
      'Thanks for your help.',
    ])
    expect(parts('what is my balance today I really need to know')).toStrictEqual([
      'what is my balance today',
      'I really need to know',
    ])
  })

  test('does not in a sentence that began with one, nor before a name', () => {
    expect(parts('Tell me now what I should do')).toHaveLength(1)
    expect(parts('please play me some Miles Davis tonight')).toHaveLength(1)
  })
})
