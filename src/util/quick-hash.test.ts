import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quickHash } from './quick-hash.ts'

const bytes = fc.uint8Array({ maxLength: 200 })

describe('the quick hash', () => {
  it('is the same on every platform and in every release, as snapshots are named by it', () => {
    expect(quickHash(new Uint8Array(0))).toBe(
      'be2553b31fd02f65a0d29eb5db53fba7b8839656cab15686c9f0bfd168ed89c7',
    )
    expect(quickHash(Uint8Array.from({ length: 100 }, (_, i) => i))).toBe(
      'a6491e40b6484a2bd161d8d6c8b87c250ec3909202eec1d97b9786b4641ec8b7',
    )
  })

  it('changes with any one bit, wherever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), fc.nat(7), (data, at, bit) => {
        const changed = data.slice()
        changed[at % data.length] = changed[at % data.length]! ^ (1 << bit)
        expect(quickHash(changed)).not.toBe(quickHash(data))
      }),
      { numRuns: 1_000 },
    )
  })

  it('tells apart what differs in length only, or in order', () => {
    const seen = new Set<string>()
    for (let length = 0; length < 300; length++) seen.add(quickHash(new Uint8Array(length)))
    for (let at = 0; at < 300; at++) {
      const data = new Uint8Array(300)
      data[at] = 1
      seen.add(quickHash(data))
    }
    expect(seen.size).toBe(600)
  })

  it('spreads a change over all of its digits', () => {
    const length = 96
    let different = 0
    for (let at = 0; at < length; at++) {
      const data = new Uint8Array(length)
      const before = quickHash(data)
      data[at] = 1
      const after = quickHash(data)
      for (let digit = 0; digit < 64; digit++) if (before[digit] !== after[digit]) different++
    }
    // 15 of 16 are different by chance.
    expect(different / (length * 64)).toBeGreaterThan(0.92)
  })

  it('does not depend on where the bytes lie', () => {
    fc.assert(
      fc.property(bytes, fc.nat(40), (data, offset) => {
        const larger = new Uint8Array(data.length + offset).fill(7)
        larger.set(data, offset)
        expect(quickHash(larger.subarray(offset))).toBe(quickHash(data))
      }),
    )
  })
})
