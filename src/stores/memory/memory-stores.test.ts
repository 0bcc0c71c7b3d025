import { describe, expect, it } from 'vitest'
import { checkBudgetStore, checkUsageStore } from '../../testing/index.ts'
import { MemoryBudgetStore } from './memory-budget-store.ts'
import { MemoryUsageStore } from './memory-usage-store.ts'

const close = async () => undefined
const test = (title: string, run: () => Promise<void>) => it(title, run)

describe('budgets in memory', () => {
  let budgets: MemoryBudgetStore
  const reopen = async () => ({ budgets, close })
  const open = () => {
    budgets = new MemoryBudgetStore()
    return reopen()
  }
  checkBudgetStore({ open, reopen, test })
})

describe('usage in memory', () => {
  let usage: MemoryUsageStore
  const reopen = async () => ({ usage, close })
  const open = () => {
    usage = new MemoryUsageStore()
    return reopen()
  }
  checkUsageStore({ open, reopen, test })

  it('forgets the oldest lines beyond 20,000', async () => {
    const store = new MemoryUsageStore()
    const line = (tenant: string) => ({
      day: '2026-11-24',
      tenant,
      key: '',
      route: '',
      provider: 'openai',
      model: 'fast',
      requests: 1,
      inputTokens: 0,
      cachedInputTokens: 0,
      cacheWriteTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
      costMicroUsd: 0,
      unpricedRequests: 0,
    })
    await store.add(Array.from({ length: 20_005 }, (_, index) => line(`t${index}`)))
    const all = { from: '2026-01-01', to: '2026-12-31', groupBy: [] }
    expect(await store.query(all, 9)).toMatchObject([{ requests: 20_000 }])
    expect(await store.query({ ...all, tenant: 't4' }, 9)).toMatchObject([{ requests: 0 }])
    expect(await store.query({ ...all, tenant: 't5' }, 9)).toMatchObject([{ requests: 1 }])
  })
})
