import { expect, test } from 'vitest'
import { ProviderFailure, StrataError } from '../errors/index.ts'
import { Breaker } from './breaker.ts'
import { BreakerOpen, circuitBreaker, verdictOf } from './circuit-breaker.ts'
import { compose, type Operation } from './layer.ts'
import { ManualTime, readAll } from './manual-time.ts'
import type { StreamAccess } from './watched-stream.ts'

interface Request {
  readonly signal: AbortSignal
}

type Answer = string | AsyncIterable<string>

const STREAMS: StreamAccess<Answer, string> = {
  events: (answer) => (typeof answer === 'string' ? undefined : answer),
  replace: (_, events) => events,
}

function setUp(operation: Operation<Request, Answer>) {
  const time = new ManualTime()
  const breaker = new Breaker({
    windowMs: 10_000,
    minimumCalls: 2,
    failureShare: 0.5,
    openMs: 5_000,
    probes: 1,
  })
  const call = compose(
    operation,
    circuitBreaker({ breakerOf: () => breaker, nameOf: () => 'openai/fast', streams: STREAMS, clock: time }),
  )
  const { signal } = new AbortController()
  return { time, breaker, call, run: () => call({ signal }).catch((error: unknown) => error) }
}

const failure = new ProviderFailure('server-error', 'status 500', { providerStatus: 500 })

test('an open breaker rejects without a call, and says until when', async () => {
  let calls = 0
  const { run } = setUp(async () => {
    calls++
    throw failure
  })
  expect([await run(), await run()]).toEqual([failure, failure])
  const refused = await run()
  expect(calls).toBe(2)
  expect(refused).toBeInstanceOf(BreakerOpen)
  expect(refused).toMatchObject({ outcome: 'unreachable', retryAfterMs: 5_000 })
  expect(String(refused)).toContain(
    'openai/fast failed too often of late: its circuit breaker is open until 2026-01-01T00:00:06.000Z',
  )
})

test('a probe that succeeds closes it', async () => {
  let isDown = true
  const { time, breaker, run } = setUp(async () => {
    if (isDown) throw failure
    return 'answer'
  })
  await run()
  await run()
  isDown = false
  await time.advance(5_000)
  expect(await run()).toBe('answer')
  expect(breaker.state(time.monotonicMs())).toBe('closed')
})

test('a probe whose caller aborts leaves it ready for the next', async () => {
  const caller = new AbortController()
  let isDown = true
  const { time, breaker, call, run } = setUp(async ({ signal }) => {
    if (isDown) throw failure
    if (signal === caller.signal) {
      caller.abort('gone')
      throw failure
    }
    return 'answer'
  })
  await run()
  await run()
  isDown = false
  await time.advance(5_000)
  await expect(call({ signal: caller.signal })).rejects.toBe(failure)
  expect(breaker.state(time.monotonicMs())).toBe('half-open')
  expect(await run()).toBe('answer')
  expect(breaker.state(time.monotonicMs())).toBe('closed')
})

test.each([
  ['refused', 'works'],
  ['unauthorized', 'nothing'],
  ['rate-limited', 'nothing'],
  ['server-error', 'failed'],
  ['timeout', 'failed'],
  ['unreachable', 'failed'],
  ['malformed', 'failed'],
  ['truncated', 'failed'],
] as const)('%s says of a target: %s', (outcome, verdict) => {
  expect(verdictOf(new ProviderFailure(outcome, ''))).toBe(verdict)
})

test('what is not of the provider says nothing of it', () => {
  expect(verdictOf(new StrataError('overloaded', ''))).toBe('nothing')
  expect(verdictOf(new BreakerOpen('unreachable', ''))).toBe('nothing')
})

test('streams that break off open it', async () => {
  const { time, breaker, run } = setUp(async () =>
    (async function* () {
      yield 'a'
      throw new ProviderFailure('truncated', 'broke off')
    })(),
  )
  for (let round = 0; round < 2; round++) {
    const events = (await run()) as AsyncIterable<string>
    await expect(readAll(events)).rejects.toThrow('broke off')
  }
  expect(breaker.state(time.monotonicMs())).toBe('open')
})

test('streams that readers leave do not', async () => {
  const { time, breaker, run } = setUp(async () =>
    (async function* () {
      yield 'a'
      throw new ProviderFailure('truncated', 'broke off')
    })(),
  )
  for (let round = 0; round < 5; round++) {
    for await (const event of (await run()) as AsyncIterable<string>) {
      expect(event).toBe('a')
      break
    }
  }
  expect(breaker.state(time.monotonicMs())).toBe('closed')
})

test('a target without a breaker is called as it is', async () => {
  const call = compose<Request, Answer>(
    async () => 'answer',
    circuitBreaker({ breakerOf: () => undefined, nameOf: () => '', clock: new ManualTime() }),
  )
  expect(await call({ signal: new AbortController().signal })).toBe('answer')
})
