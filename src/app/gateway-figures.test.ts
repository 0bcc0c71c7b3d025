import { expect, it } from 'vitest'
import type { Deployment } from '../runtime/model-book.ts'
import { GatewayFigures } from './gateway-figures.ts'

const deployment = { of: 'fast', provider: { name: 'openai' } } as unknown as Deployment
const usage = {
  inputTokens: 1,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
}
const cost = { unpriced: false, costUsd: 0.5, costNanoUsd: 500_000_000, nanoUsdByKind: {} } as never

it('has a label for a hundred tenants, and counts all others together, by provider and model still', () => {
  const figures = new GatewayFigures({ now: () => 0, monotonicMs: () => 0 })
  for (let tenant = 0; tenant < 1500; tenant++) figures.used(deployment, `tenant-${tenant}`, usage, cost)
  const costs =
    figures.families().find(({ name }) => name === 'stratarouter_cost_usd_total')?.series ?? new Map()
  expect(costs.size).toBe(101)
  expect(costs.get('provider="openai",model="fast",tenant="tenant-99"')).toBe(0.5)
  expect(costs.get('provider="openai",model="fast",tenant="_other"')).toBe(700)
})
