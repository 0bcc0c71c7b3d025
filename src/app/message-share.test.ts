import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isInShare } from './message-share.ts'

describe('isInShare', () => {
  const messages = Array.from({ length: 20_000 }, (_, index) => `message ${index}`)
  const count = (share: number, salt: number) =>
    messages.filter((message) => isInShare(message, share, salt)).length

  it('takes the share asked for', () => {
    expect(count(0, 1)).toBe(0)
    expect(count(1, 1)).toBe(20_000)
    for (const share of [0.05, 0.5, 0.9]) expect(count(share, 1) / 20_000).toBeCloseTo(share, 1.5)
  })

  it('takes the same message always, and with a larger share too', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.nat(),
        (message, share, salt) => {
          const isIn = isInShare(message, share, salt)
          expect(isInShare(message, share, salt)).toBe(isIn)
          if (isIn) expect(isInShare(message, share + 0.5, salt)).toBe(true)
        },
      ),
    )
  })

  it('picks other messages with another salt', () => {
    const both = messages.filter((message) => isInShare(message, 0.5, 1) && isInShare(message, 0.5, 2)).length
    expect(both / 20_000).toBeCloseTo(0.25, 1.5)
  })
})
