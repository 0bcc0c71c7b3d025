import { describe, expect, test } from 'vitest'
import { ProviderFailure, StrataError } from '../errors/index.ts'
import { type Attempt, AttemptLog, recordAttempts } from './attempt-log.ts'
import { BreakerOpen } from './circuit-breaker.ts'
import { type FailoverRequest, failover } from './failover.ts'
import { compose } from './layer.ts'
import { ManualTime, readAll } from './manual-time.ts'
import { retry } from './retry.ts'
import type { StreamAccess } from './watched-stream.ts'

type Answer = string | AsyncIterable<string>
type Request = FailoverRequest<string>

const STREAMS: StreamAccess<Answer, string> = {
  events: (answer) => (typeof answer === 'string' ? undefined : answer),
  replace: (_, events) => events,
}

/** Answers, or errors, of each target in turn. */
function setUp(answers: Readonly<Record<string, readonly (Answer | Error)[]>>, attempts = 1) {
  const time = new ManualTime()
  const called: string[] = []
  const ended: Attempt<string>[] = []
  const call = compose<Request, Answer>(
    async ({ target }) => {
      await time.advance(10)
      const answer = answers[target]![called.filter((name) => name === target).length]!
      called.push(target)
      if (answer instanceof Error) throw answer
      return answer
    },
    failover({ nameOf: (target: string) => `model ${target}`, clock: time }),
    retry({
      policyOf: () => ({ attempts, baseMs: 0, capMs: 0 }),
      clock: time,
      timer: (callback) => {
        queueMicrotask(callback)
        return () => {}
      },
      random: () => 0,
    }),
    recordAttempts({ clock: time, streams: STREAMS, onEnd: (attempt) => ended.push(attempt) }),
  )
  const log = new AttemptLog<string>(time.monotonicMs())
  const ask = (target: string, fallbacks: readonly string[] = [], signal = new AbortController().signal) =>
    call({ target, fallbacks, attempts: log, signal })
  return { time, called, ended, log, ask }
}

const failing = (outcome: ProviderFailure['outcome'], options = {}) =>
  new ProviderFailure(outcome, `said ${outcome}`, options)

test('goes along the chain until one answers, and lists every attempt', async () => {
  const { called, ended, log, ask } = setUp(
    {
      a: [failing('server-error', { providerStatus: 500 }), failing('unreachable')],
      b: [failing('unauthorized', { providerStatus: 401 })],
      c: ['answer'],
    },
    2,
  )
  expect(await ask('a', ['b', 'c', 'd'])).toBe('answer')
  expect(called).toEqual(['a', 'a', 'b', 'c'])
  expect(log.attempts).toEqual([
    {
      target: 'a',
      outcome: 'server-error',
      status: 500,
      startedMs: 0,
      durationMs: 10,
      firstByteMs: undefined,
      message: 'said server-error',
    },
    {
      target: 'a',
      outcome: 'unreachable',
      status: undefined,
      startedMs: 10,
      durationMs: 10,
      firstByteMs: undefined,
      message: 'said unreachable',
    },
    {
      target: 'b',
      outcome: 'unauthorized',
      status: 401,
      startedMs: 20,
      durationMs: 10,
      firstByteMs: undefined,
      message: 'said unauthorized',
    },
    {
      target: 'c',
      outcome: 'ok',
      status: 200,
      startedMs: 30,
      durationMs: 10,
      firstByteMs: 10,
      message: undefined,
    },
  ])
  expect(ended).toEqual(log.attempts)
})

describe('stops', () => {
  test('at a refusal, which no other target would mend', async () => {
    const refusal = failing('refused', { providerStatus: 400 })
    const { called, ask } = setUp({ a: [failing('timeout')], b: [refusal] })
    await expect(ask('a', ['b', 'c'])).rejects.toBe(refusal)
    expect(called).toEqual(['a', 'b'])
  })

  test('at an error of ours', async () => {
    const bug = new TypeError('bug')
    const { called, ask } = setUp({ a: [bug] })
    await expect(ask('a', ['b'])).rejects.toBe(bug)
    expect(called).toEqual(['a'])
  })

  test('when the caller aborts, with its own reason', async () => {
    const caller = new AbortController()
    const { called, log, ask } = setUp({
      get a() {
        caller.abort('gone')
        return [failing('unreachable')]
      },
    })
    await expect(ask('a', ['b'], caller.signal)).rejects.toBe('gone')
    expect(called).toEqual(['a'])
    expect(log.attempts[0]!.outcome).toBe('aborted')
  })

  test('with the first event of a stream: what breaks off later is not begun anew elsewhere', async () => {
    const { called, ended, log, ask } = setUp({
      a: [
        (async function* () {
          yield 'x'
          throw failing('truncated')
        })(),
      ],
    })
    const events = (await ask('a', ['b'])) as AsyncIterable<string>
    expect(log.attempts[0]).toMatchObject({ outcome: 'running', status: 200, firstByteMs: 10 })
    expect(ended).toEqual([])
    await expect(readAll(events)).rejects.toThrow('said truncated')
    expect(called).toEqual(['a'])
    expect(log.attempts[0]).toMatchObject({ outcome: 'truncated', status: 200, message: 'said truncated' })
    expect(ended).toHaveLength(1)
  })
})

test('goes on where a target has no room or cannot say it in its protocol', async () => {
  const { log, ask } = setUp({
    a: [new StrataError('overloaded', 'full')],
    b: [new StrataError('untranslatable', 'no images there')],
    c: [new BreakerOpen('unreachable', 'open')],
    d: ['answer'],
  })
  expect(await ask('a', ['b', 'c', 'd'])).toBe('answer')
  expect(log.attempts.map(({ outcome }) => outcome)).toEqual(['no-capacity', 'failed', 'breaker-open', 'ok'])
})

describe('the error of all', () => {
  test('without fallbacks is the failure itself', async () => {
    const failure = failing('unreachable')
    await expect(setUp({ a: [failure] }).ask('a')).rejects.toBe(failure)
  })

  test('has each attempt with its cause', async () => {
    const { ask } = setUp({ a: [failing('server-error', { providerStatus: 503 })], b: [failing('timeout')] })
    const error = await ask('a', ['b']).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'all_attempts_failed',
      status: 502,
      message: 'None of model a, model b answered; the last said: said timeout',
      details: [
        {
          path: 'attempts[0]',
          message: 'model a: server-error after 10 ms: said server-error',
          got: 'status 503',
        },
        { path: 'attempts[1]', message: 'model b: timeout after 10 ms: said timeout' },
      ],
    })
  })

  test('is a rate limit with the shortest waiting time where all are limited', async () => {
    const { ask } = setUp({
      a: [failing('rate-limited', { retryAfterMs: 9_000 })],
      b: [failing('rate-limited', { retryAfterMs: 4_000 })],
      c: [failing('rate-limited')],
    })
    const error = await ask('a', ['b', 'c']).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'provider_rate_limited', status: 429, retryAfterMs: 4_000 })
    expect((error as StrataError).details).toHaveLength(3)
  })

  test('is a timeout where all took too long', async () => {
    const { ask } = setUp({ a: [failing('timeout')], b: [failing('timeout')] })
    await expect(ask('a', ['b'])).rejects.toMatchObject({ code: 'provider_timeout', status: 504 })
  })
})

test('what fails before a call is made is an attempt too', async () => {
  const time = new ManualTime()
  const log = new AttemptLog<string>(time.monotonicMs())
  const call = compose<Request, string>(
    async ({ target }) => {
      if (target === 'a') throw failing('rate-limited')
      return 'answer'
    },
    failover({ nameOf: (target: string) => target, clock: time }),
  )
  await call({ target: 'a', fallbacks: ['b'], attempts: log, signal: new AbortController().signal })
  expect(log.attempts).toMatchObject([{ target: 'a', outcome: 'rate-limited' }])
})

test('a limit around all attempts that is over is the outcome of the one under way', async () => {
  const caller = new AbortController()
  const { log, ask } = setUp({
    get a() {
      caller.abort(failing('timeout'))
      return [new DOMException('aborted', 'AbortError')]
    },
  })
  await expect(ask('a', ['b'], caller.signal)).rejects.toThrow('said timeout')
  expect(log.attempts[0]!.outcome).toBe('timeout')
})

test('a stream that its reader leaves was aborted', async () => {
  const { ended, ask } = setUp({
    a: [
      (async function* () {
        yield 'x'
        yield 'y'
      })(),
    ],
  })
  for await (const event of (await ask('a')) as AsyncIterable<string>) {
    expect(event).toBe('x')
    break
  }
  expect(ended).toMatchObject([{ outcome: 'aborted', status: 200 }])
})
