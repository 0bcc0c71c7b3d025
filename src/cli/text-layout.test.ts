import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bar, displayWidth, percent, printable, truncate, wrap } from './text-layout.ts'

test('wide characters take two columns and colour codes none', () => {
  expect(displayWidth('route')).toBe(5)
  expect(displayWidth('経路')).toBe(4)
  expect(displayWidth('\u001b[1mroute\u001b[22m')).toBe(5)
  expect(displayWidth('🙂')).toBe(2)
})

test('a text cannot drive the terminal or reorder the line', () => {
  expect(printable('a\u001b[2Jb\u0007\nc\u202ed')).toBe('a\ufffd[2Jb\ufffd c\ufffdd')
})

test('a truncated text never takes more columns than allowed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, width) => {
      expect(displayWidth(truncate(printable(text), width))).toBeLessThanOrEqual(width)
    }),
  )
})

test('wrapping keeps every word in order', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1 }), (words) => {
      const lines = wrap(words.join(' '), 12)
      expect(lines.join(' ').split(' ')).toEqual(words)
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(12)
    }),
  )
})

test('a bar always takes its whole width and grows with its share', () => {
  for (const share of [-1, 0, 0.01, 0.5, 0.999, 1, 2]) {
    const { filled, rest } = bar(share, 10)
    expect(displayWidth(filled + rest)).toBe(10)
  }
  expect(bar(0.5, 10).filled).toBe('█████')
})

test('a missing share is a dash', () => {
  expect(percent(null)).toBe('–')
  expect(percent(0.1234)).toBe('12.3%')
})
