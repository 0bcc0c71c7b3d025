import { expect, it } from 'vitest'
import type { RateLimits as Limits } from '../contracts/index.ts'
import { LimitReached } from '../errors/index.ts'
import { ManualTime } from '../execution/manual-time.ts'
import { refusal } from '../testing/refusal.ts'
import { ANYONE, type Identity, identityOf } from './identity.ts'
import { RateLimits } from './rate-limits.ts'

let keys = 0
const withLimits = (limits: Limits, tenant = 'acme'): Identity =>
  identityOf({ id: `key_${++keys}`, name: 'n', tenant, scopes: ['execute'], expiresAt: null, ...limits })

it('a key may make its requests a minute, all at once or evenly, and is told how long to wait', async () => {
  const time = new ManualTime()
  const limits = new RateLimits({}, time)
  const key = withLimits({ requestsPerMinute: 60 })
  for (let request = 0; request < 60; request++) limits.admit(key, 0)
  const error = refusal(() => limits.admit(key, 0)) as LimitReached
  expect(error).toBeInstanceOf(LimitReached)
  expect(error).toMatchObject({ code: 'rate_limited', status: 429, retryAfterMs: 1000 })
  expect(error.message).toMatch(/60 requests a minute.*in 1 s/)
  await time.advance(1000)
  limits.admit(key, 0)
  expect(() => limits.admit(key, 0)).toThrow(LimitReached)
  limits.admit(withLimits({ requestsPerMinute: 60 }), 0)
})

it('the keys of a tenant share what it may; others are not touched', () => {
  const limits = new RateLimits({ acme: { requestsPerMinute: 2 }, free: {} }, new ManualTime())
  limits.admit(withLimits({}), 0)
  limits.admit(withLimits({}), 0)
  expect(() => limits.admit(withLimits({}), 0)).toThrow(/tenant acme has used up its 2 requests/)
  for (let request = 0; request < 9; request++) {
    limits.admit(withLimits({}, 'free'), 0)
    limits.admit(ANYONE, 0)
  }
})

it('a request that the tenant has no room for takes nothing of its key', () => {
  const limits = new RateLimits({ acme: { tokensPerMinute: 10 } }, new ManualTime())
  const key = withLimits({ requestsPerMinute: 2 })
  limits.admit(key, 10)
  expect(() => limits.admit(key, 1)).toThrow(/tenant acme/)
  expect(() => limits.admit(key, 1)).toThrow(/tenant acme/)
  limits.admit(key, 0)
  expect(() => limits.admit(key, 0)).toThrow(/key key_/)
})

it('tokens are set aside by estimate and put right afterwards, beyond what there is too', async () => {
  const time = new ManualTime()
  const limits = new RateLimits({}, time)
  const key = withLimits({ tokensPerMinute: 600 })
  limits.admit(key, 600)
  expect(refusal(() => limits.admit(key, 100))).toMatchObject({ retryAfterMs: 10_000 })
  limits.settle(key, 600, 100)
  limits.admit(key, 500)
  limits.settle(key, 500, 1100)
  expect(refusal(() => limits.admit(key, 1))).toMatchObject({ retryAfterMs: 60_100 })
  await time.advance(60_100)
  limits.admit(key, 1)
})

it('a request of more tokens than a minute allows is let through when none were used, and owes the rest', async () => {
  const time = new ManualTime()
  const limits = new RateLimits({}, time)
  const key = withLimits({ tokensPerMinute: 60 })
  limits.admit(key, 90)
  expect(refusal(() => limits.admit(key, 90))).toMatchObject({ retryAfterMs: 90_000 })
  await time.advance(90_000)
  limits.admit(key, 90)
})
