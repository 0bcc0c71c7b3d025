import { describe, expect, it } from 'vitest'
import { seededRandom, shuffle } from './random.ts'

describe('seeded randomness', () => {
  it('repeats itself for a seed, and differs between seeds', () => {
    const numbers = (seed: number) => Array.from({ length: 20 }, seededRandom(seed))
    expect(numbers(7)).toStrictEqual(numbers(7))
    expect(numbers(8)).not.toStrictEqual(numbers(7))
  })

  it('spreads evenly over [0, 1)', () => {
    const random = seededRandom(1)
    const bins = new Array<number>(10).fill(0)
    for (let i = 0; i < 100_000; i++) {
      const x = random()
      if (x >= 0 && x < 1) bins[Math.floor(x * 10)]!++
    }
    expect(bins.reduce((sum, count) => sum + count)).toBe(100_000)
    for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })

  it('shuffles to any order alike, and loses nothing', () => {
    const random = seededRandom(3)
    const orders = new Map<string, number>()
    for (let i = 0; i < 24_000; i++) {
      const order = shuffle([1, 2, 3, 4], random).join('')
      orders.set(order, (orders.get(order) ?? 0) + 1)
    }
    expect(orders.size).toBe(24)
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(200)
  })
})
