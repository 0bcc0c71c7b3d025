import { describe, expect, it } from 'vitest'
import { priceOf } from './price-of.ts'
import { PRICE_TABLE } from './table/price-table.ts'

const input = (providerType: string, model: string, baseUrl?: string) =>
  priceOf({ providerType, model, ...(baseUrl === undefined ? {} : { baseUrl }) })?.inputPerMillion

describe('priceOf', () => {
  it('knows snapshots and the newest of a model by the name without their mark', () => {
    const gpt5 = input('openai', 'gpt-5')
    expect(gpt5).toBe(1.25)
    expect(input('openai', 'gpt-5-2025-08-07')).toBe(gpt5)
    expect(input('openai', 'gpt-5-chat-latest')).toBe(gpt5)
    expect(input('anthropic', 'claude-sonnet-4-5-20250929')).toBe(3)
    expect(input('anthropic', 'claude-3-5-haiku-latest')).toBe(0.8)
    expect(input('google', 'gemini-2.0-flash-001')).toBe(0.1)
  })

  it('prefers the exact name, since a snapshot may cost something else', () => {
    expect(input('openai', 'gpt-4o')).toBe(2.5)
    expect(input('openai', 'gpt-4o-2024-08-06')).toBe(2.5)
    expect(input('openai', 'gpt-4o-2024-05-13')).toBe(5)
  })

  it('takes no model for another whose name merely begins alike', () => {
    expect(input('openai', 'gpt-5-turbo')).toBeUndefined()
    expect(input('openai-compatible', 'mistral-large-2402', 'https://api.mistral.ai/v1')).toBeUndefined()
    expect(input('openai', 'constructor')).toBeUndefined()
    expect(input('constructor', 'gpt-5')).toBeUndefined()
  })

  it('knows an openai-compatible provider by its host, and prices nothing at others', () => {
    const model = 'openai/gpt-oss-120b'
    expect(input('openai-compatible', model, 'https://api.groq.com/openai/v1')).toBe(0.15)
    expect(input('openai-compatible', model, 'http://127.0.0.1:8000/v1')).toBeUndefined()
    expect(input('openai-compatible', model, 'https://api.groq.com.example.org/v1')).toBeUndefined()
    expect(input('openai-compatible', model, 'no address')).toBeUndefined()
    expect(input('openai-compatible', model)).toBeUndefined()
    expect(input('webhook', model)).toBeUndefined()
  })

  it('lets the configuration go before the table', () => {
    const price = { inputPerMillion: 1, outputPerMillion: 2 }
    expect(priceOf({ providerType: 'openai', model: 'gpt-5', price })).toBe(price)
  })

  it('asks nothing for answers that come from this process', () => {
    expect(input('demo', 'demo')).toBe(0)
    expect(input('static', 'hours')).toBe(0)
  })
})

describe('the price table', () => {
  const entries = PRICE_TABLE.flatMap((group) =>
    Object.entries(group.prices).map(([name, price]) => ({ group, name, price })),
  )

  it('says of each price where and when it was read', () => {
    for (const { source, asOf } of PRICE_TABLE) {
      expect(source).toMatch(/^https:\/\//)
      expect(asOf).toMatch(/^20\d\d-\d\d-\d\d$/)
    }
  })

  it('has each name of a provider once', () => {
    const names = PRICE_TABLE.flatMap(({ provider, prices, aliases = {} }) =>
      [...Object.keys(prices), ...Object.keys(aliases)].map((name) => `${provider} ${name}`),
    )
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  it('has a price for each alias', () => {
    const lost = PRICE_TABLE.flatMap(({ prices, aliases = {} }) =>
      Object.values(aliases).filter((name) => prices[name] === undefined),
    )
    expect(lost).toEqual([])
  })

  it.each(entries)('has sound amounts for $name', ({ price }) => {
    const tiers = [price, ...(price.longContext === undefined ? [] : [price.longContext])]
    for (const { inputPerMillion, cachedInputPerMillion = 0, cacheWritePerMillion, ...rest } of tiers) {
      expect(inputPerMillion).toBeGreaterThan(0)
      expect(cachedInputPerMillion).toBeLessThan(inputPerMillion)
      expect(cacheWritePerMillion ?? inputPerMillion).toBeGreaterThanOrEqual(inputPerMillion)
      expect(rest.longCacheWritePerMillion ?? Number.MAX_VALUE).toBeGreaterThan(cacheWritePerMillion ?? 0)
      expect(rest.outputPerMillion === 0 || rest.outputPerMillion >= inputPerMillion).toBe(true)
      for (const amount of [inputPerMillion, cachedInputPerMillion, rest.outputPerMillion]) {
        expect(Math.abs(amount * 1e6 - Math.round(amount * 1e6))).toBeLessThan(1e-6)
      }
    }
    expect(price.longContext?.inputPerMillion ?? Number.MAX_VALUE).toBeGreaterThan(price.inputPerMillion)
  })
})
