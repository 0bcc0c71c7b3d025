import { describe, expect, it } from 'vitest'
import { costOf } from './cost-of.ts'
import { estimateCost } from './estimate-cost.ts'
import { estimateTokens } from './estimate-tokens.ts'

const PRICE = { inputPerMillion: 1, outputPerMillion: 10 }
const messages = [{ role: 'user', content: 'Where is my parcel?' }]

describe('estimateCost', () => {
  it('takes the bound of the output from the request, under any of its names', () => {
    for (const field of ['max_tokens', 'max_completion_tokens', 'max_output_tokens']) {
      expect(estimateCost(PRICE, { messages, [field]: 50 }).outputTokens).toBe(50)
    }
    expect(estimateCost(PRICE, { messages }).outputTokens).toBe(4096)
    expect(estimateCost(PRICE, { messages, max_tokens: 'many' }, 300).outputTokens).toBe(300)
  })

  it('bounds all answers of a request that asks for several', () => {
    expect(estimateCost(PRICE, { messages, max_tokens: 50, n: 3 }).outputTokens).toBe(150)
    expect(estimateCost(PRICE, { messages, n: 2 }).outputTokens).toBe(8192)
  })

  it('is no less than the same call costs, whatever its tokens turn out to be', () => {
    const price = {
      ...PRICE,
      cachedInputPerMillion: 0.1,
      cacheWritePerMillion: 1.25,
      reasoningPerMillion: 12,
      longContext: { aboveTokens: 10, inputPerMillion: 2, cacheWritePerMillion: 3, outputPerMillion: 20 },
    }
    const body = { messages: [{ role: 'user', content: 'parcel '.repeat(40) }], max_tokens: 50 }
    const { inputTokens, outputTokens, cost } = estimateCost(price, body)
    expect(inputTokens).toBe(estimateTokens(body))
    for (const [cacheWriteTokens, reasoningTokens] of [
      [0, 0],
      [inputTokens, outputTokens],
    ] as const) {
      const usage = { inputTokens, cachedInputTokens: 0, cacheWriteTokens, outputTokens, reasoningTokens }
      expect(cost.costNanoUsd).toBeGreaterThanOrEqual(costOf(price, usage).costNanoUsd ?? Number.NaN)
    }
  })

  it('has tokens but no cost for a model without a price', () => {
    const { inputTokens, cost } = estimateCost(undefined, { messages })
    expect(inputTokens).toBeGreaterThan(0)
    expect(cost).toMatchObject({ unpriced: true, costUsd: null })
  })
})
