import { describe, expect, test } from 'vitest'
import { ProviderFailure } from '../errors/index.ts'
import {
  type AttemptLog,
  Breaker,
  balanced,
  circuitBreaker,
  compose,
  DeploymentPool,
  FairQueue,
  failover,
  type Layer,
  AttemptLog as Log,
  queued,
  RetryBudget,
  recordAttempts,
  retry,
  SingleFlight,
  type StreamAccess,
  singleFlight,
  timeouts,
  WatchedStream,
} from './index.ts'
import { ManualTime, readAll } from './manual-time.ts'

test('the first layer is outermost', async () => {
  const mark =
    (name: string): Layer<string, string> =>
    async (request, next) =>
      `${name}(${await next(`${request}${name}`)})`
  const call = compose<string, string>(async (request) => request, mark('a'), mark('b'), mark('c'))
  expect(await call('>')).toBe('a(b(c(>abc)))')
  expect(await compose<string, string>(async (request) => request)('as it is')).toBe('as it is')
})

interface Request {
  readonly signal: AbortSignal
  readonly deadlineMs?: number | undefined
  readonly target: string
  readonly fallbacks: readonly string[]
  readonly attempts: AttemptLog<string>
}
type Answer = string | AsyncIterable<string>

const STREAMS: StreamAccess<Answer, string> = {
  events: (answer) => (typeof answer === 'string' ? undefined : answer),
  replace: (_, events) => events,
}

/** All layers, in the order of the README. */
function setUp(operation: (request: Request) => Promise<Answer>) {
  const time = new ManualTime()
  const clock = { clock: time, timer: time.timer, streams: STREAMS }
  const breakers = new Map<string, Breaker>()
  const breakerOf = (name: string) => {
    const breaker =
      breakers.get(name) ??
      new Breaker({ windowMs: 10_000, minimumCalls: 2, failureShare: 0.5, openMs: 60_000, probes: 1 })
    breakers.set(name, breaker)
    return breaker
  }
  const pools = new Map(
    ['fast', 'careful'].map((model) => [
      model,
      new DeploymentPool(
        [1, 2].map((number) => ({ deployment: `${model}-${number}`, weight: 1 })),
        {
          balance: 'weight',
          cooldownMs: 5_000,
          isAvailable: (name, nowMs) => breakerOf(name).allows(nowMs),
        },
      ),
    ]),
  )
  const queue = new FairQueue({ slots: 4, maxWaiting: 10, maxWaitingPerTenant: 5, maxWaitMs: 100, ...clock })
  const flights = new SingleFlight<Answer, string>({
    ...STREAMS,
    sizeOf: (event) => event.length,
    bufferBytes: 1_000,
    totalBytes: 10_000,
  })
  const budget = new RetryBudget({ ratio: 0.2, minPerSecond: 1, maxSaved: 10 })
  const call = compose<Request, Answer>(
    operation,
    timeouts({ limitsOf: () => ({ totalMs: 10_000 }), setting: 'request', ...clock }),
    queued({ queueOf: () => queue, streams: STREAMS }),
    singleFlight({ flights, keyOf: () => 'same' }),
    failover({ nameOf: (target: string) => target, clock: time }),
    retry({
      policyOf: () => ({ attempts: 2, baseMs: 100, capMs: 1_000 }),
      budgetOf: () => budget,
      random: () => 0.5,
      ...clock,
    }),
    balanced({
      poolOf: ({ target }) => pools.get(target),
      nameOf: ({ target }) => target,
      tokensOf: () => 10,
      withDeployment: (request, target: string) => ({ ...request, target }),
      usedTokensOf: () => 10,
      ...clock,
    }),
    recordAttempts(clock),
    circuitBreaker({
      breakerOf: ({ target }) => breakerOf(target),
      nameOf: ({ target }) => target,
      ...clock,
    }),
    timeouts({ limitsOf: () => ({ firstByteMs: 500, betweenEventsMs: 200 }), ...clock }),
  )
  const attempts = new Log<string>(time.monotonicMs())
  const caller = new AbortController()
  const ask = () => call({ target: 'fast', fallbacks: ['careful'], attempts, signal: caller.signal })
  return { time, attempts, caller, queue, flights, breakerOf, ask }
}

describe('all layers together', () => {
  test('carry a plain answer over two failing deployments to a fallback', async () => {
    const { time, attempts, queue, flights, ask } = setUp(async ({ target }) => {
      if (target.startsWith('fast'))
        throw new ProviderFailure('server-error', 'down', { providerStatus: 500 })
      return `answer of ${target}`
    })
    const result = ask()
    await time.advance(1_000)
    expect(await result).toBe('answer of careful-1')
    expect(attempts.attempts.map(({ target, outcome }) => `${target} ${outcome}`)).toEqual([
      'fast-1 server-error',
      'fast-2 server-error',
      'careful-1 ok',
    ])
    expect([time.alarms, queue.running, flights.size]).toEqual([0, 0, 0])
  })

  test('carry a stream through, wrapped once for sharing and once for all that watch it', async () => {
    let source: AsyncIterable<string> | undefined
    const { time, attempts, queue, flights, ask } = setUp(async () => {
      source = (async function* () {
        yield 'a'
        yield 'b'
      })()
      return source
    })
    const answer = (await ask()) as AsyncIterable<string>
    expect(answer).toBeInstanceOf(WatchedStream)
    expect([queue.running, attempts.attempts[0]!.outcome]).toEqual([1, 'running'])
    expect(await readAll(answer)).toEqual(['a', 'b'])
    expect(attempts.attempts[0]!.outcome).toBe('ok')
    expect([time.alarms, queue.running, flights.size]).toEqual([0, 0, 0])
  })

  test('end a stream that hangs, count it against its target, and leave nothing behind', async () => {
    const { time, attempts, queue, flights, breakerOf, ask } = setUp(async () =>
      (async function* () {
        yield 'a'
        await new Promise(() => {})
      })(),
    )
    for (let round = 0; round < 2; round++) {
      const read = readAll((await ask()) as AsyncIterable<string>)
      read.catch(() => {})
      await time.advance(200)
      await expect(read).rejects.toThrow('the stream paused for 200 ms')
    }
    expect(attempts.attempts.map(({ outcome }) => outcome)).toEqual(['timeout', 'timeout'])
    expect([time.alarms, queue.running, flights.size]).toEqual([0, 0, 0])
    const read = readAll((await ask()) as AsyncIterable<string>)
    read.catch(() => {})
    await time.advance(200)
    const third = readAll((await ask()) as AsyncIterable<string>)
    third.catch(() => {})
    await time.advance(200)
    expect(['fast-1', 'fast-2'].map((name) => breakerOf(name).state(time.monotonicMs()))).toEqual([
      'open',
      'open',
    ])
  })

  test('end everything when the caller aborts', async () => {
    let passedOn: AbortSignal | undefined
    const { time, attempts, caller, queue, flights, breakerOf, ask } = setUp(({ signal }) => {
      passedOn = signal
      return new Promise(() => {})
    })
    const result = ask()
    result.catch(() => {})
    await time.advance(10)
    caller.abort('gone')
    await expect(result).rejects.toBe('gone')
    await time.advance(0)
    expect(passedOn!.reason).toBe('gone')
    expect(attempts.attempts.map(({ outcome }) => outcome)).toEqual(['aborted'])
    expect(breakerOf('fast-1').state(time.monotonicMs())).toBe('closed')
    expect([time.alarms, queue.running, flights.size]).toEqual([0, 0, 0])
  })

  test.each(['caller', 'total'])(
    'end a stream in the middle, by the %s, without holding it against the target',
    async (who) => {
      const time = new ManualTime()
      const clock = { clock: time, timer: time.timer, streams: STREAMS }
      const breaker = new Breaker({ windowMs: 1_000, minimumCalls: 1, failureShare: 1, openMs: 1, probes: 1 })
      const call = compose<Request, Answer>(
        async () =>
          (async function* () {
            yield 'a'
            await new Promise(() => {})
          })(),
        timeouts({ limitsOf: () => ({ totalMs: 1_000 }), ...clock }),
        recordAttempts(clock),
        circuitBreaker({ breakerOf: () => breaker, nameOf: ({ target }) => target, ...clock }),
        timeouts({ limitsOf: () => ({ betweenEventsMs: 5_000 }), ...clock }),
      )
      const attempts = new Log<string>(time.monotonicMs())
      const caller = new AbortController()
      const request = { target: 'fast', fallbacks: [], attempts, signal: caller.signal }
      const read = readAll((await call(request)) as AsyncIterable<string>)
      read.catch(() => {})
      if (who === 'caller') caller.abort('gone')
      await time.advance(1_000)
      if (who === 'caller') await expect(read).rejects.toBe('gone')
      else await expect(read).rejects.toMatchObject({ outcome: 'timeout' })
      expect(attempts.attempts.map(({ outcome }) => outcome)).toEqual([
        who === 'caller' ? 'aborted' : 'timeout',
      ])
      expect([breaker.state(time.monotonicMs()), time.alarms]).toEqual(['closed', 0])
    },
  )

  test('end a call that takes longer than all attempts may', async () => {
    const { time, attempts, ask } = setUp(() => new Promise(() => {}))
    const result = ask()
    result.catch(() => {})
    await time.advance(10_000)
    await expect(result).rejects.toMatchObject({ outcome: 'timeout' })
    expect(attempts.attempts.length).toBeGreaterThan(2)
    expect(time.alarms).toBe(0)
  })
})
