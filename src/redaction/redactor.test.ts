import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor, redactionProblem } from './redactor.ts'

const redact = (text: string, ...entries: string[]) => createRedactor(entries)(text)

describe('redaction', () => {
  it.each([
    ['write to jane.doe+x@mail.example.com, please.', 'write to [email], please.'],
    ['<bob@localhost>', '<[email]>'],
    ['jörg@müller.de und 用户@例子.中国', '[email] und [email]'],
    ['"john doe"@x.org mailto:a@b.c', '[email] mailto:[email]'],
    ['a@[10.0.0.1]!', '[email]!'],
    ['a@b@c.com', '[email]'],
    ['fullwidth a＠b.com', 'fullwidth [email]'],
    ['id=7&mail=jane%40example.com&x', '[email]&x'],
    ['jane%2540example.com', '[email]'],
    ['a@b%40c.com', '[email]'],
    [`"${'long '.repeat(40)}name"@x.org`, '[email]'],
    ['say "hi" to "jane \\"j\\" d@y.org "@x.org', 'say "hi" to [email]'],
    [String.raw`{\"to\": \"ann lee\"@x.org}`, String.raw`{\"to\": \[email]}`],
    ['jane"@x.org', '[email]'],
    ['50%40 "quoted" @ 10', '50%40 "quoted" @ 10'],
    ['meet me @ noon, @home', 'meet me @ noon, @home'],
  ])('finds e-mail addresses: %s', (text, expected) => {
    expect(redact(text, 'email')).toBe(expected)
  })

  it.each([
    ['see https://x.example/a?b=c@d.e#f, then', 'see [url], then'],
    ['(www.example.com/path)', '([url])'],
    ['postgresql://user:secret@host/db', '[url]'],
    ['a/b :// c', 'a/b [url] c'],
  ])('finds web addresses, an e-mail address within included: %s', (text, expected) => {
    expect(redact(text, 'email', 'url')).toBe(expected)
  })

  it.each([
    ['card 4111 1111 1111 1111 expires 12/27', 'card [card] expires 12/27'],
    ['4111-1111-1111-1111', '[card]'],
    ['call +44 20 7946 0958 now', 'call [phone] now'],
    ['(555) 123-4567', '[phone]'],
    ['٠١٢٣٤٥٦٧٨٩', '[phone]'],
    ['4111, 1111, 1111, 1111', '[card]'],
    ['4111\u00b71111\u00b71111\u00b71111', '[card]'],
    ['4111%201111%201111%201111', '[card]'],
    ['4111 | -- 1111 ::: 1111 :-: 1111.', '[card].'],
    ['(020) - - 7946\u20220958', '[phone]'],
    ['IBAN GB29 NWBK 6016 1331 9268 19', 'IBAN GB29 NWBK [card]'],
    ['5 ------- 123456', '5 ------- 123456'],
    ['order 12 of 2026', 'order 12 of 2026'],
  ])('finds cards and telephone numbers: %s', (text, expected) => {
    expect(redact(text, 'card', 'phone')).toBe(expected)
  })

  it('finds numbers with what belongs to them', () => {
    expect(redact('€1,234.50 on 2026-11-24 at 10:30, room 5.', 'number')).toBe(
      '€[number] on [number] at [number], room [number].',
    )
  })

  it('finds what the user asks for', () => {
    expect(redact('orders ORD-1 and ord-22', '/ORD-\\d+/i')).toBe('orders [redacted] and [redacted]')
    expect(redact('orders ORD-1 and ord-22', '/ORD-\\d+/')).toBe('orders [redacted] and ord-22')
  })

  it('leaves a text alone when nothing is asked for', () => {
    expect(redact('a@b.c 4111 1111 1111 1111')).toBe('a@b.c 4111 1111 1111 1111')
  })
})

describe('an entry that cannot be used', () => {
  it.each([
    ['emial', /did you mean email/],
    ['/(?=a)b/', /RE2 syntax/],
    ['/a*/', /empty text/],
    ['/a/g', /flags/],
    ['/a', /between slashes/],
    ['', /expected url/],
  ])('%s is refused with the reason', (entry, reason) => {
    expect(redactionProblem(entry)).toMatch(reason)
    expect(() => createRedactor([entry])).toThrow()
  })

  it('is none of the kinds', () => {
    for (const entry of ['email', 'phone', 'card', 'number', 'url', '/a/ims']) {
      expect(redactionProblem(entry)).toBeNull()
    }
  })
})

const around = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom('', ' ', '@', '"', '(', '<', 'x', '://', '1', '+', '\u200b'),
)
const word = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9.+_-]{0,20}$/)
/** What may stand between two digits of one number: nothing, mostly, and up to six of anything but letters and digits. */
const separators = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('', ' ', '-', '.', ',', '\u00b7', ') ', ' - ', '\u00a0', '%', ', - '),
  },
  fc.string({ unit: 'binary', maxLength: 6 }).map((text) => text.replace(/[\p{L}\p{Nd}]/gu, '')),
)
const digits = (least: number, most: number) =>
  fc
    .array(fc.tuple(fc.nat(9), separators), {
      minLength: least,
      maxLength: most,
    })
    .map((parts) => parts.map(([digit, separator]) => `${digit}${separator}`).join(''))

const RUN = /\d(?:[^\p{L}\p{Nd}]{0,6}\d)*/gu
const countDigits = (text: string) => text.replace(/\D/g, '').length

describe('what was redacted', () => {
  it('has no e-mail address in it, whatever stands around it', () => {
    const domain = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z]{2,5}){0,2}$/)
    fc.assert(
      fc.property(around, word, domain, around, (before, local, host, after) => {
        const left = redact(`${before}${local}@${host}${after}`, 'email')
        expect(left).not.toContain(`${local}@${host}`)
        expect(left).not.toMatch(/[a-z0-9.+_-]@[a-z0-9]/i)
      }),
      { numRuns: 2000 },
    )
  })

  it('has no address in it whose first part is in quotes, or whose @ is encoded', () => {
    const domain = fc.stringMatching(/^[a-z0-9]{1,10}\.[a-z]{2,5}$/)
    const quoted = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 300 })
      .map((local) => local.replace(/["\\]/g, '\\$&'))
    fc.assert(
      fc.property(around, quoted, domain, around, (before, local, host, after) => {
        const left = redact(`${before.replace(/["\\]/g, '')}"${local}"@${host}${after}`, 'email')
        expect(left).not.toContain(`${local}"@`)
        expect(left).not.toContain(`@${host}`)
        expect(left.startsWith(`${before.replace(/["\\]/g, '')}"`)).toBe(false)
      }),
      { numRuns: 1000 },
    )
    fc.assert(
      fc.property(
        around,
        word,
        fc.constantFrom('%40', '%2540', '%252540'),
        domain,
        around,
        (before, local, at, host, after) => {
          const left = redact(`${before}${local}${at}${host}${after}`, 'email')
          expect(left).not.toContain(`${local}${at}`)
          expect(left).not.toContain(`${at}${host}`)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('has no number of a card or telephone in it, however it is written', () => {
    fc.assert(
      fc.property(around, digits(13, 19), around, (before, number, after) => {
        const left = redact(`${before}${number}${after}`, 'card')
        for (const [run] of left.matchAll(RUN)) expect(countDigits(run)).toBeLessThan(13)
      }),
      { numRuns: 1000 },
    )
    fc.assert(
      fc.property(around, digits(7, 15), around, (before, number, after) => {
        const left = redact(`${before}${number}${after}`, 'phone')
        for (const [run] of left.matchAll(RUN)) expect(countDigits(run)).toBeLessThan(7)
      }),
      { numRuns: 1000 },
    )
  })

  it('has no digit in it where numbers were asked for, and no scheme where web addresses were', () => {
    fc.assert(
      fc.property(around, fc.string(), fc.double().map(String), around, (...parts) => {
        expect(redact(parts.join(''), 'number')).not.toMatch(/\p{Nd}/u)
        expect(redact(`${parts[0]} http://${parts[1]}${parts[2]}`, 'url')).not.toContain('://')
      }),
      { numRuns: 1000 },
    )
  })

  it('is left as it is when it is redacted again', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(around, word, digits(1, 20), fc.constant('@'))), (parts) => {
        const once = redact(parts.join(''), 'email', 'url', 'card', 'phone', 'number')
        expect(redact(once, 'email', 'url', 'card', 'phone', 'number')).toBe(once)
      }),
      { numRuns: 1000 },
    )
  })

  it('took a bounded number of steps, and kept nothing that was not looked at', () => {
    // Every match of this looks at all that follows it, in vain.
    const left = redact('a'.repeat(32_000), '/a(.*z)?/')
    expect(left.replaceAll('[redacted]', '')).toBe('')
    expect(left.length).toBeLessThan(1000)
  })
})
