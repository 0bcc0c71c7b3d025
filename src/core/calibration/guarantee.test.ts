import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isStrataError } from '../../errors/index.ts'
import { seededRandom } from '../../util/random.ts'
import { type ActedRow, binomialCdf, type Guarantee, guaranteedThreshold } from './guarantee.ts'

/** P(X <= successes) in whole numbers: the sum of C(n, k) a^k (b - a)^(n - k), over b^n, for probability a / b. */
function exactBinomialCdf(successes: number, trials: number, a: number, b: number): number {
  let coefficient = 1n
  let sum = 0n
  for (let k = 0; k <= successes; k++) {
    sum += coefficient * BigInt(a) ** BigInt(k) * BigInt(b - a) ** BigInt(trials - k)
    coefficient = (coefficient * BigInt(trials - k)) / BigInt(k + 1)
  }
  const digits = 10n ** 18n
  return Number((sum * digits) / BigInt(b) ** BigInt(trials)) / 1e18
}

describe('binomialCdf', () => {
  it('agrees with whole-number arithmetic', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.nat(300),
        fc.integer({ min: 1, max: 999 }),
        (trials, successes, thousandths) => {
          fc.pre(successes < trials)
          const expected = exactBinomialCdf(successes, trials, thousandths, 1000)
          expect(Math.abs(binomialCdf(successes, trials, thousandths / 1000) - expected)).toBeLessThan(1e-11)
        },
      ),
    )
  })

  it('is 1 for all trials and rises with the successes, also where single terms are too small for a number', () => {
    expect(binomialCdf(7, 7, 0.3)).toBe(1)
    let before = 0
    for (let successes = 400; successes < 1200; successes += 50) {
      const p = binomialCdf(successes, 40_000, 0.02)
      expect(p).toBeGreaterThanOrEqual(before)
      before = p
    }
    expect(binomialCdf(800, 40_000, 0.02)).toBeCloseTo(0.509, 2)
    expect(binomialCdf(0, 149, 0.02)).toBeLessThan(0.05)
    expect(binomialCdf(0, 148, 0.02)).toBeGreaterThan(0.05)
  })
})

/**
 * Queries whose confidence is uniform on (0, 1) and much too high: the best route is right with probability
 * confidence ** power, a tenth of the queries belong to no route at all.
 */
function draw(count: number, power: number, random: () => number): ActedRow[] {
  return Array.from({ length: count }, () => {
    const confidence = random()
    return { confidence, right: random() < 0.9 * confidence ** power, always: false }
  })
}

/** The share of wrong answers among those at or above the threshold, of endlessly many such queries. */
function trueErrorRate(threshold: number, power: number): number {
  const rightAbove = (1 - threshold ** (power + 1)) / (power + 1)
  return 1 - (0.9 * rightAbove) / (1 - threshold)
}

/** Undefined when the data could not carry the promise, which is no breach of it. */
function unlessRefused(run: () => Guarantee): Guarantee | undefined {
  try {
    return run()
  } catch (error) {
    if (isStrataError(error) && error.code === 'not_enough_data') return undefined
    throw error
  }
}

describe('guaranteedThreshold', () => {
  it('keeps the promised error rate in all but 5% of 200 draws, miscalibrated as the scores are', () => {
    for (const { power, maxErrorRate } of [
      { power: 0.2, maxErrorRate: 0.19 },
      { power: 1, maxErrorRate: 0.3 },
      { power: 3, maxErrorRate: 0.4 },
    ]) {
      let broken = 0
      let coverage = 0
      for (let seed = 1; seed <= 200; seed++) {
        const random = seededRandom(seed)
        const [planning, testing] = [draw(2000, power, random), draw(2000, power, random)]
        const found = unlessRefused(() => guaranteedThreshold(planning, testing, maxErrorRate, 0.05))
        if (!found) continue
        if (trueErrorRate(found.threshold, power) > maxErrorRate) broken++
        coverage += found.coverage / 200
      }
      // Of 200 draws with a chance of 5% each, more than 17 occur once in 40 times.
      expect(broken).toBeLessThanOrEqual(17)
      // And the promise is not bought by answering next to nothing.
      let best = 1
      while (best > 0 && trueErrorRate(best - 0.001, power) <= maxErrorRate) best -= 0.001
      expect(coverage).toBeGreaterThan(0.6 * (1 - best))
    }
  })

  it('reports the coverage that the threshold costs, on the rows that decided', () => {
    const testing = draw(2000, 0.1, seededRandom(3))
    const found = guaranteedThreshold(draw(2000, 0.1, seededRandom(4)), testing, 0.2, 0.05)
    const acted = testing.filter(({ confidence }) => confidence >= found.threshold)
    expect(found).toMatchObject({ rows: 2000, maxErrorRate: 0.2, delta: 0.05 })
    expect(found.coverage).toBe(acted.length / 2000)
    expect(binomialCdf(acted.filter(({ right }) => !right).length, acted.length, 0.2)).toBeLessThanOrEqual(
      0.05,
    )
  })

  it('counts what a rule decides as acted on at every threshold', () => {
    const wrong = Array.from({ length: 100 }, () => ({ confidence: 0, right: false, always: true }))
    const right = Array.from({ length: 1000 }, () => ({ confidence: 0.95, right: true, always: false }))
    expect(guaranteedThreshold(right, right, 0.05, 0.05).threshold).toBeLessThan(0.5)
    expect(() => guaranteedThreshold([...right, ...wrong], [...right, ...wrong], 0.05, 0.05)).toThrow(
      /cannot be promised/,
    )
  })

  it('believes only the rows set apart for the test', () => {
    const right = Array.from({ length: 300 }, () => ({ confidence: 0.9, right: true, always: false }))
    const wrong = right.map((row) => ({ ...row, right: false }))
    expect(unlessRefused(() => guaranteedThreshold(right, wrong, 0.02, 0.05))).toBeUndefined()
    expect(guaranteedThreshold(right.slice(0, 100), right, 0.02, 0.05).coverage).toBe(1)
  })

  it('says with counts what is missing when there is too little data', () => {
    const rows = Array.from({ length: 100 }, () => ({ confidence: 0.995, right: true, always: false }))
    for (const testing of [rows, rows.slice(0, 1), []]) {
      try {
        guaranteedThreshold(rows, testing, 0.02, 0.05)
        expect.unreachable()
      } catch (error) {
        if (!isStrataError(error)) throw error
        expect(error.code).toBe('not_enough_data')
        expect(error.message).toContain(`of the ${testing.length} rows set apart`)
        expect(error.message).toContain(`${testing.length} ${testing.length === 1 ? 'is' : 'are'} acted on`)
        expect(error.message).toContain('at least 149')
      }
    }
    const wrong = { ...rows[0]!, right: false }
    expect(() => guaranteedThreshold(rows, [...rows, wrong], 0.02, 0.05)).toThrow(/ 1 of those is wrong\./)
    expect(() => guaranteedThreshold(rows, [wrong, wrong], 0.02, 0.05)).toThrow(/ 2 of those are wrong\./)
    const enough = Array.from({ length: 149 }, () => rows[0]!)
    expect(guaranteedThreshold(enough, enough, 0.02, 0.05).coverage).toBe(1)
  })

  it('names the lowest rate that the same rows can promise', () => {
    for (const power of [0.05, 0.2, 1]) {
      const random = seededRandom(5)
      const [planning, testing] = [draw(150, power, random), draw(150, power, random)]
      const refusalOf = (rate: number) => {
        try {
          guaranteedThreshold(planning, testing, rate, 0.05)
          return undefined
        } catch (error) {
          if (!isStrataError(error)) throw error
          return error
        }
      }
      const refusal = refusalOf(0.001)
      const nearest = Number(
        /the lowest that this data can promise is ([\d.]*\d)\./.exec(refusal?.message ?? '')?.[1],
      )
      expect(refusalOf(nearest)).toBeUndefined()
      for (let rate = 0.01; rate < nearest - 0.001; rate += 0.01) {
        expect(refusalOf(Math.round(rate * 100) / 100)).toBeDefined()
      }
    }
  })

  it('says so when the rows can promise no rate that is worth anything', () => {
    const wrong = Array.from({ length: 100 }, () => ({ confidence: 0.9, right: false, always: false }))
    expect(() => guaranteedThreshold(wrong, wrong, 0.02, 0.05)).toThrow(/can promise none up to 0\.5/)
  })
})
