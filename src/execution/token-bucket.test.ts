import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TokenBucket } from './token-bucket.ts'

test('what it holds may go at once, then what flows in', () => {
  const bucket = new TokenBucket({ capacity: 10, perSecond: 2 })
  expect(bucket.take(10, 0)).toBe(true)
  expect(bucket.take(1, 499)).toBe(false)
  expect(bucket.msUntil(1, 499)).toBeCloseTo(1)
  expect(bucket.take(1, 500)).toBe(true)
  expect(bucket.level(60_000)).toBe(10)
})

test('a refusal takes nothing', () => {
  const bucket = new TokenBucket({ capacity: 10, perSecond: 0 })
  expect(bucket.take(11, 0)).toBe(false)
  expect(bucket.take(Number.NaN, 0)).toBe(false)
  expect(bucket.take(10, 0)).toBe(true)
})

test('what was not used comes back, and what was used beyond is paid back', () => {
  const bucket = new TokenBucket({ capacity: 10, perSecond: 1 })
  bucket.take(8, 0)
  bucket.settle(8, 3, 0)
  expect(bucket.level(0)).toBe(7)
  bucket.take(7, 0)
  bucket.settle(7, 12, 0)
  expect(bucket.level(0)).toBe(-5)
  expect(bucket.msUntil(1, 0)).toBe(6_000)
})

test('what can never be there is never', () => {
  expect(new TokenBucket({ capacity: 10, perSecond: 1 }).msUntil(11, 0)).toBe(Infinity)
  const dry = new TokenBucket({ capacity: 10, perSecond: 0 })
  dry.take(10, 0)
  expect(dry.msUntil(1, 0)).toBe(Infinity)
})

test('a clock that stands still or goes back brings nothing', () => {
  const bucket = new TokenBucket({ capacity: 10, perSecond: 1_000 })
  bucket.take(10, 5_000)
  expect(bucket.level(5_000)).toBe(0)
  expect(bucket.level(4_000)).toBe(0)
  expect(bucket.level(5_001)).toBe(1)
})

const takes = fc.array(
  fc.record({ afterMs: fc.integer({ min: 0, max: 5_000 }), amount: fc.integer({ min: 1, max: 20 }) }),
  { minLength: 1, maxLength: 150 },
)

test('over any stretch of time no more is taken than it holds and what flows in', () => {
  fc.assert(
    fc.property(
      takes,
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 0, max: 20 }),
      (steps, capacity, perSecond) => {
        const bucket = new TokenBucket({ capacity, perSecond })
        const taken: { atMs: number; before: number }[] = []
        let [nowMs, total] = [0, 0]
        for (const { afterMs, amount } of steps) {
          nowMs += afterMs
          taken.push({ atMs: nowMs, before: total })
          if (bucket.take(amount, nowMs)) total += amount
          for (const { atMs, before } of taken) {
            expect(total - before).toBeLessThanOrEqual(capacity + (perSecond * (nowMs - atMs)) / 1_000 + 1e-6)
          }
        }
      },
    ),
    { numRuns: 50 },
  )
})

test('one for a minute lets no more than its limit through in any minute', () => {
  fc.assert(
    fc.property(takes, fc.integer({ min: 1, max: 100 }), (steps, limit) => {
      const bucket = TokenBucket.withinMinute(limit)
      const taken: number[] = []
      let nowMs = 0
      for (const { afterMs, amount } of steps) {
        nowMs += afterMs
        for (let one = 0; one < amount; one++) if (bucket.take(1, nowMs)) taken.push(nowMs)
        expect(taken.filter((atMs) => atMs > nowMs - 60_000).length).toBeLessThanOrEqual(limit)
      }
    }),
    { numRuns: 50 },
  )
})

test('one for a minute lets nearly all of its limit through where all want it, and never more', () => {
  for (const limit of [1, 7, 60, 600]) {
    const bucket = TokenBucket.withinMinute(limit)
    const taken: number[] = []
    for (let nowMs = 0; nowMs < 600_000; nowMs += 10) while (bucket.take(1, nowMs)) taken.push(nowMs)
    expect(taken.length / (10 * limit)).toBeGreaterThan(0.89)
    for (const [position, atMs] of taken.entries()) {
      expect((taken[position + limit] ?? Infinity) - atMs).toBeGreaterThanOrEqual(60_000)
    }
  }
})

test('time until a token is right to the moment', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 1_000 }),
      fc.integer({ min: 1, max: 50 }),
      (capacity, perSecond, amount) => {
        fc.pre(amount <= capacity)
        const bucket = new TokenBucket({ capacity, perSecond })
        bucket.take(capacity, 0)
        const waitMs = bucket.msUntil(amount, 0)
        expect(bucket.take(amount, waitMs * 0.999 - 0.001)).toBe(false)
        expect(bucket.take(amount, waitMs + 0.001)).toBe(true)
      },
    ),
  )
})
