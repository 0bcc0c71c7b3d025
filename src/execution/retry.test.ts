import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProviderFailure, StrataError } from '../errors/index.ts'
import { BreakerOpen } from './circuit-breaker.ts'
import { compose } from './layer.ts'
import { ManualTime } from './manual-time.ts'
import { isPassing, type RetryOptions, retry, retryDelayMs } from './retry.ts'
import { RetryBudget } from './retry-budget.ts'

interface Request {
  readonly signal: AbortSignal
  readonly deadlineMs?: number
}

function setUp(failures: readonly unknown[], options: Partial<RetryOptions<Request>> = {}) {
  const time = new ManualTime()
  const calledAtMs: number[] = []
  const call = compose<Request, string>(
    async () => {
      calledAtMs.push(time.monotonicMs() - 1_000)
      if (calledAtMs.length <= failures.length) throw failures[calledAtMs.length - 1]
      return 'answer'
    },
    retry({
      policyOf: () => ({ attempts: 3, baseMs: 100, capMs: 1_000 }),
      clock: time,
      timer: time.timer,
      random: () => 0.5,
      ...options,
    }),
  )
  const run = async (request: Request = { signal: new AbortController().signal }) => {
    const result = call(request).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    await time.advance(100_000)
    return result
  }
  return { time, calledAtMs, call, run }
}

const failing = (outcome: ProviderFailure['outcome'], retryAfterMs?: number) =>
  new ProviderFailure(outcome, outcome, retryAfterMs === undefined ? {} : { retryAfterMs })

test('what may pass is tried again, after waits that double on average', async () => {
  const { calledAtMs, run } = setUp([failing('server-error'), failing('timeout')])
  expect(await run()).toEqual({ value: 'answer' })
  expect(calledAtMs).toEqual([0, 50, 150])
})

test('after the last attempt its own failure is the answer', async () => {
  const last = failing('truncated')
  const { calledAtMs, run } = setUp([failing('server-error'), failing('malformed'), last, last])
  expect(await run()).toEqual({ error: last })
  expect(calledAtMs).toHaveLength(3)
})

test.each([
  failing('refused'),
  failing('unauthorized'),
  new BreakerOpen('unreachable', 'open'),
  new StrataError('overloaded', 'full'),
  new TypeError('bug'),
])('%s is not tried again', async (failure) => {
  const { calledAtMs, run } = setUp([failure])
  expect(await run()).toEqual({ error: failure })
  expect(calledAtMs).toEqual([0])
})

test('the time that a provider names is waited for, and a little more', async () => {
  const { calledAtMs, run } = setUp([failing('rate-limited', 800)])
  expect(await run()).toEqual({ value: 'answer' })
  expect(calledAtMs).toEqual([0, 850])
})

test('a time longer than the cap is not waited for', async () => {
  const failure = failing('rate-limited', 1_001)
  const { calledAtMs, run } = setUp([failure])
  expect(await run()).toEqual({ error: failure })
  expect(calledAtMs).toEqual([0])
})

test('no wait goes past the deadline', async () => {
  const failure = failing('rate-limited', 800)
  const { calledAtMs, run } = setUp([failure])
  const { signal } = new AbortController()
  expect(await run({ signal, deadlineMs: 1_850 })).toEqual({ error: failure })
  expect(calledAtMs).toEqual([0])
})

test('a caller who aborts during a wait gets its own reason at once, and nothing is called any more', async () => {
  const { time, calledAtMs, call } = setUp([failing('server-error')])
  const caller = new AbortController()
  const result = call({ signal: caller.signal })
  result.catch(() => {})
  await time.advance(10)
  caller.abort('gone')
  await expect(result).rejects.toBe('gone')
  expect(time.alarms).toBe(0)
  await time.advance(10_000)
  expect(calledAtMs).toEqual([0])
})

test.each([3, 1])(
  'what fails since the caller aborted ends with its reason, of %d attempts',
  async (attempts) => {
    const caller = new AbortController()
    const time = new ManualTime()
    let calls = 0
    const call = compose<Request, string>(
      async () => {
        calls++
        caller.abort('gone')
        throw failing('unreachable')
      },
      retry({
        policyOf: () => ({ attempts, baseMs: 1, capMs: 1 }),
        clock: time,
        timer: time.timer,
        random: () => 0,
      }),
    )
    await expect(call({ signal: caller.signal })).rejects.toBe('gone')
    expect(calls).toBe(1)
  },
)

test('an empty budget ends all retries until successes have filled it', async () => {
  const budget = new RetryBudget({ ratio: 0.5, minPerSecond: 0, maxSaved: 1 })
  const failure = failing('server-error')
  const { calledAtMs, run } = setUp([failure, failure, failure], { budgetOf: () => budget })
  expect(await run()).toEqual({ error: failure })
  expect(calledAtMs).toHaveLength(2)
  expect(await run()).toEqual({ error: failure })
  expect(calledAtMs).toHaveLength(3)
  await run()
  await run()
  expect(budget.take(200_000)).toBe(true)
  expect(budget.take(200_000)).toBe(false)
})

test('every wait is between nothing and the cap, and at least what the provider asked for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 5_000 }),
      fc.integer({ min: 1, max: 60_000 }),
      fc.option(fc.integer({ min: 0, max: 120_000 }), { nil: undefined }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, baseMs, capMs, retryAfterMs, chance) => {
        const delayMs = retryDelayMs({ attempts: 99, baseMs, capMs }, attempt, retryAfterMs, () => chance)
        if (retryAfterMs === undefined) {
          expect(delayMs).toBeGreaterThanOrEqual(0)
          expect(delayMs).toBeLessThan(Math.min(capMs, baseMs * 2 ** (attempt - 1)))
        } else if (retryAfterMs > capMs) expect(delayMs).toBeUndefined()
        else expect(delayMs).toBeGreaterThanOrEqual(retryAfterMs)
      },
    ),
  )
})

test('successes pay for retries by their ratio', () => {
  const budget = new RetryBudget({ ratio: 0.2, minPerSecond: 0, maxSaved: 1 })
  let retries = 0
  for (let success = 0; success < 1_000; success++) {
    budget.succeeded(0)
    if (budget.take(0)) retries++
  }
  expect(retries).toBe(200)
})

test('over any stretch of time retries stay within savings, successes and the least a second', () => {
  const step = fc.record({ afterMs: fc.integer({ min: 0, max: 400 }), succeeds: fc.boolean() })
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 1, max: 10 }),
      (steps, ratio, minPerSecond, maxSaved) => {
        const budget = new RetryBudget({ ratio, minPerSecond, maxSaved })
        const log: { atMs: number; successes: number; retries: number }[] = []
        let [nowMs, successes, retries] = [0, 0, 0]
        for (const { afterMs, succeeds } of steps) {
          log.push({ atMs: nowMs, successes, retries })
          nowMs += afterMs
          if (succeeds) {
            successes++
            budget.succeeded(nowMs)
          } else if (budget.take(nowMs)) retries++
          for (const past of log) {
            const bound =
              maxSaved + ratio * (successes - past.successes) + (minPerSecond * (nowMs - past.atMs)) / 1_000
            expect(retries - past.retries).toBeLessThanOrEqual(bound + 1e-9)
          }
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('every outcome of a provider is either passing or not', () => {
  expect(isPassing(failing('unreachable'))).toBe(true)
  expect(isPassing(failing('rate-limited'))).toBe(true)
  expect(isPassing('text')).toBe(false)
})
