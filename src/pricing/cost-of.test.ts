import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cost, costOf, usdOf } from './cost-of.ts'
import type { Price } from './price.ts'

const PRICE: Price = {
  inputPerMillion: 3,
  cachedInputPerMillion: 0.3,
  cacheWritePerMillion: 3.75,
  longCacheWritePerMillion: 6,
  outputPerMillion: 15,
  longContext: { aboveTokens: 200_000, inputPerMillion: 6, outputPerMillion: 22.5 },
}
const NONE = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
}

function known(cost: Cost) {
  if (cost.unpriced) throw new Error('expected a cost')
  return cost
}

describe('costOf', () => {
  it('counts cached, written and reasoning tokens once', () => {
    const cost = known(
      costOf(PRICE, {
        inputTokens: 1000,
        cachedInputTokens: 600,
        cacheWriteTokens: 300,
        outputTokens: 50,
        reasoningTokens: 40,
      }),
    )
    expect(cost.nanoUsdByKind).toEqual({
      input: 100 * 3000,
      cachedInput: 600 * 300,
      cacheWrite: 300 * 3750,
      output: 10 * 15_000,
      reasoning: 40 * 15_000,
    })
    expect(cost.costUsd).toBe(0.002355)
  })

  it('asks more for what is written to the cache for long', () => {
    const usage = { ...NONE, inputTokens: 100, cacheWriteTokens: 100, longCacheWriteTokens: 60 }
    expect(known(costOf(PRICE, usage)).nanoUsdByKind.cacheWrite).toBe(40 * 3750 + 60 * 6000)
  })

  it('takes the input price for cached and written tokens that have none of their own, also in a long context', () => {
    const price = { inputPerMillion: 1, outputPerMillion: 2 }
    const usage = { ...NONE, inputTokens: 30, cachedInputTokens: 10, cacheWriteTokens: 10 }
    expect(known(costOf(price, usage)).costNanoUsd).toBe(30_000)
    const long = { ...NONE, inputTokens: 200_001, cachedInputTokens: 1 }
    expect(known(costOf(PRICE, long)).nanoUsdByKind.cachedInput).toBe(6000)
  })

  it('asks a price of its own for reasoning where there is one', () => {
    const price = { inputPerMillion: 1, outputPerMillion: 2, reasoningPerMillion: 3 }
    const usage = { ...NONE, outputTokens: 10, reasoningTokens: 4 }
    expect(known(costOf(price, usage)).nanoUsdByKind).toMatchObject({ output: 12_000, reasoning: 12_000 })
  })

  it('asks the price of a long context for all tokens of a call, from one token above the bound', () => {
    const at = known(costOf(PRICE, { ...NONE, inputTokens: 200_000, outputTokens: 10 }))
    const above = known(costOf(PRICE, { ...NONE, inputTokens: 200_001, outputTokens: 10 }))
    expect(at.nanoUsdByKind).toMatchObject({ input: 200_000 * 3000, output: 150_000 })
    expect(above.nanoUsdByKind).toMatchObject({ input: 200_001 * 6000, output: 225_000 })
  })

  it('has no number for a model without a price', () => {
    expect(costOf(undefined, { ...NONE, inputTokens: 5 })).toEqual({
      unpriced: true,
      costUsd: null,
      costNanoUsd: null,
    })
    // @ts-expect-error: a cost is not a number until `unpriced` was looked at
    const add = (total: number, cost: Cost): number => total + cost.costNanoUsd
    expect(add).toBeTypeOf('function')
  })

  it('never pays a caller for counts that make no sense', () => {
    const usage = {
      ...NONE,
      inputTokens: 5,
      cachedInputTokens: 8,
      outputTokens: -3,
      reasoningTokens: Number.NaN,
    }
    expect(known(costOf(PRICE, usage)).costNanoUsd).toBe(8 * 300)
  })

  it('is exact: integers that agree with arithmetic of any precision', () => {
    const tokens = fc.nat({ max: 1_000_000_000 })
    // Prices as they are written: up to six decimals.
    const rate = fc.nat({ max: 1_000_000_000 }).map((millionths) => ({ millionths, usd: millionths / 1e6 }))
    fc.assert(
      fc.property(
        fc.tuple(tokens, tokens, tokens, tokens, tokens, tokens),
        fc.tuple(rate, rate, rate, rate, rate, rate),
        ([plain, cached, shortWritten, longWritten, answer, reasoning], rates) => {
          const [input, cachedInput, write, longWrite, output, reasoned] = rates
          const cost = known(
            costOf(
              {
                inputPerMillion: input.usd,
                cachedInputPerMillion: cachedInput.usd,
                cacheWritePerMillion: write.usd,
                longCacheWritePerMillion: longWrite.usd,
                outputPerMillion: output.usd,
                reasoningPerMillion: reasoned.usd,
              },
              {
                inputTokens: plain + cached + shortWritten + longWritten,
                cachedInputTokens: cached,
                cacheWriteTokens: shortWritten + longWritten,
                longCacheWriteTokens: longWritten,
                outputTokens: answer + reasoning,
                reasoningTokens: reasoning,
              },
            ),
          )
          const exact = (count: number, { millionths }: { millionths: number }) =>
            (BigInt(count) * BigInt(millionths) + 500n) / 1000n
          const kinds = cost.nanoUsdByKind
          expect(BigInt(kinds.input)).toBe(exact(plain, input))
          expect(BigInt(kinds.cachedInput)).toBe(exact(cached, cachedInput))
          expect(BigInt(kinds.output)).toBe(exact(answer, output))
          expect(BigInt(kinds.reasoning)).toBe(exact(reasoning, reasoned))
          expect(BigInt(kinds.cacheWrite)).toBe(exact(shortWritten, write) + exact(longWritten, longWrite))
          const sum = Object.values(kinds).reduce((total, part) => total + BigInt(part), 0n)
          expect(BigInt(cost.costNanoUsd)).toBe(sum)
          expect(cost.costUsd).toBe(usdOf(cost.costNanoUsd))
        },
      ),
    )
  })
})
