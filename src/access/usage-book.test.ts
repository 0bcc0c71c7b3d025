import { afterEach, beforeEach, expect, it } from 'vitest'
import type { UsageStore } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import { ManualTime } from '../execution/manual-time.ts'
import { openStores, type Stores } from '../stores/index.ts'
import { ANYONE, identityOf } from './identity.ts'
import { UsageBook, type UsedCall } from './usage-book.ts'

let time: ManualTime
let stores: Stores
let isAway: boolean
let dropped: number
let writes: number

beforeEach(async () => {
  time = new ManualTime()
  stores = await openStores('sqlite:file:usage?mode=memory&cache=shared', { clock: time, versionsKept: 1 })
  isAway = false
  dropped = 0
  writes = 0
})
afterEach(() => stores.close())

function openBook(): UsageBook {
  const store: UsageStore = {
    async add(totals) {
      writes++
      if (isAway) throw new StrataError('storage_failed', 'gone')
      await stores.usage.add(totals)
    },
    query: (...given) => stores.usage.query(...given),
    deleteBefore: (day) => stores.usage.deleteBefore(day),
  }
  return new UsageBook({
    store,
    clock: time,
    timer: time.timer,
    daysKept: 30,
    onDropped: (requests) => {
      dropped += requests
    },
  })
}

const key = identityOf({ id: 'key_1', name: 'n', tenant: 'acme', scopes: ['execute'], expiresAt: null })
const usage = {
  inputTokens: 10,
  cachedInputTokens: 4,
  cacheWriteTokens: 2,
  outputTokens: 3,
  reasoningTokens: 1,
}
const call = (changed: Partial<UsedCall> = {}): UsedCall => ({
  route: 'billing',
  provider: 'openai',
  model: 'fast',
  usage,
  costMicroUsd: 0.25,
  ...changed,
})
const ALL = { from: '2026-01-01', to: '2026-12-31', groupBy: [] }

it('calls are added up and written a second later, costs below a millionth of a dollar too', async () => {
  const book = openBook()
  for (let index = 0; index < 8; index++) book.record(key, call())
  book.record(ANYONE, call({ route: null, costMicroUsd: null, usage: undefined }))
  expect(book.bytes).toBeGreaterThan(0)
  await time.advance(1000)
  expect([writes, book.bytes, time.alarms]).toEqual([1, 0, 0])
  expect(await stores.usage.query({ ...ALL, groupBy: ['tenant', 'key', 'route'] }, 9)).toEqual([
    {
      tenant: 'acme',
      key: 'key_1',
      route: 'billing',
      requests: 8,
      inputTokens: 80,
      cachedInputTokens: 32,
      cacheWriteTokens: 16,
      outputTokens: 24,
      reasoningTokens: 8,
      costMicroUsd: 2,
      unpricedRequests: 0,
    },
    expect.objectContaining({ tenant: 'default', key: '', route: '', requests: 1, unpricedRequests: 1 }),
  ])
  await book.close()
})

it('who asks sees what was used until now', async () => {
  const book = openBook()
  book.record(key, call())
  expect((await book.query(ALL))[0]?.requests).toBe(1)
  book.record(key, call())
  expect((await book.query(ALL))[0]?.requests).toBe(2)
  await book.close()
})

it('what cannot be written waits, and is written once', async () => {
  const book = openBook()
  isAway = true
  book.record(key, call())
  await time.advance(1000)
  book.record(key, call())
  book.record(key, call({ model: 'careful' }))
  await time.advance(3000)
  expect(writes).toBe(4)
  isAway = false
  await time.advance(1000)
  expect(await stores.usage.query({ ...ALL, groupBy: ['model'] }, 9)).toMatchObject([
    { model: 'careful', requests: 1 },
    { model: 'fast', requests: 2 },
  ])
  expect(dropped).toBe(0)
  await book.close()
})

it('what waits is bounded; what finds no room, and what is left at the end, is counted as dropped', async () => {
  const book = openBook()
  isAway = true
  for (let index = 0; index < 10_010; index++) book.record(key, call({ model: `m${index}` }))
  expect(dropped).toBe(10)
  await time.advance(1000)
  for (let index = 0; index < 20; index++) book.record(key, call({ model: `n${index}` }))
  await book.close()
  expect(dropped).toBe(10_030)
  expect(time.alarms).toBe(0)
})

it('days that are old are deleted', async () => {
  const book = openBook()
  book.record(key, call())
  await time.advance(1000)
  await time.advance(30 * 86_400_000)
  book.record(key, call())
  await time.advance(1000)
  expect((await stores.usage.query({ ...ALL, groupBy: ['day'] }, 9)).map(({ day }) => day)).toEqual([
    '2026-01-31',
  ])
  await book.close()
})

it('more lines than anybody reads are refused, not cut off', async () => {
  const book = openBook()
  const lines = Array.from({ length: 10_001 }, (_, index) => index)
  for (const index of lines) book.record(key, call({ model: `m${index % 5001}` }))
  await book.flush()
  for (const index of lines) book.record(key, call({ model: `n${index % 5001}` }))
  await expect(book.query({ ...ALL, groupBy: ['model'] })).rejects.toMatchObject({ code: 'invalid_request' })
  expect((await book.query({ ...ALL, groupBy: ['provider'] }))[0]?.requests).toBe(20_002)
  await book.close()
})
