import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitSegments } from './segments.ts'
import { withWindows } from './windows.ts'
import { splitWords } from './words.ts'

const whole = (text: string) => [{ text, start: 0, end: text.length }]

describe('windows of long segments', () => {
  it('leaves segments of up to fourteen words alone', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('pay', 'the', 'bill', 'now'), { maxLength: 14 }), (words) => {
        const segments = whole(words.join(' '))
        expect(withWindows(segments, words.length)).toStrictEqual(segments)
      }),
    )
  })

  it('covers every word of a long one with windows of eight that lie in the message', () => {
    fc.assert(
      fc.property(fc.integer({ min: 15, max: 120 }), (count) => {
        const text = Array.from({ length: count }, (_, i) => `w${i}`).join(' ')
        const windows = withWindows(whole(text), count).slice(1)
        const seen = new Set(windows.flatMap((window) => splitWords(window.text).words))
        expect(seen.size).toBe(count)
        for (const window of windows) {
          expect(text.slice(window.start, window.end)).toBe(window.text)
          expect(splitWords(window.text).words.length).toBeLessThanOrEqual(8)
        }
      }),
    )
  })

  it('never makes more than forty parts, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 3000 }), (text) => {
        expect(withWindows(splitSegments(text), splitWords(text).words.length).length).toBeLessThanOrEqual(40)
      }),
    )
    expect(withWindows(splitSegments('word '.repeat(6000)), 6000).length).toBeLessThanOrEqual(40)
  })
})
