import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boundedEditDistance, nearestName } from './nearest-name.ts'

/** Optimal string alignment distance, the whole table, straight from the definition. */
function slowDistance(a: string, b: string): number {
  const cell = (i: number, j: number): number => {
    if (i === 0 || j === 0) return i + j
    const ways = [
      cell(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
      cell(i - 1, j) + 1,
      cell(i, j - 1) + 1,
    ]
    if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) ways.push(cell(i - 2, j - 2) + 1)
    return Math.min(...ways)
  }
  return cell(a.length, b.length)
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 })

test('the bounded edit distance is the true distance up to its limit and limit + 1 beyond', () => {
  fc.assert(
    fc.property(word, word, fc.integer({ min: 0, max: 6 }), (a, b, limit) => {
      expect(boundedEditDistance(a, b, limit)).toBe(Math.min(slowDistance(a, b), limit + 1))
    }),
  )
})

test('a slip of the keyboard finds the field that was meant', () => {
  const fields = ['name', 'description', 'examples', 'threshold']
  expect(nearestName('exmaples', fields)).toBe('examples')
  expect(nearestName('treshold', fields)).toBe('threshold')
  expect(nearestName('Examples', fields)).toBe('examples')
})

test('a name like none of the known ones gets no suggestion', () => {
  expect(nearestName('colour', ['name', 'threshold'])).toBeUndefined()
  expect(nearestName('x'.repeat(100_000), ['name'])).toBeUndefined()
})

test('case and separators do not count, and the first of equally near names wins', () => {
  expect(nearestName('out_of_scope', ['outOfScope'])).toBe('outOfScope')
  expect(nearestName('cat', ['bat', 'car'])).toBe('bat')
})
