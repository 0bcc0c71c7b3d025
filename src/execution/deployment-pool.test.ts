import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProviderFailure } from '../errors/index.ts'
import { balanced } from './balanced.ts'
import { DeploymentPool, type DeploymentPoolOptions, type PooledDeployment } from './deployment-pool.ts'
import { compose } from './layer.ts'
import { ManualTime, readAll } from './manual-time.ts'
import type { StreamAccess } from './watched-stream.ts'

const pool = (
  deployments: readonly PooledDeployment<string>[],
  options: Partial<DeploymentPoolOptions<string>> = {},
) => new DeploymentPool(deployments, { balance: 'weight', cooldownMs: 10_000, ...options })

const limited = (retryAfterMs?: number) =>
  new ProviderFailure('rate-limited', 'slow down', retryAfterMs === undefined ? {} : { retryAfterMs })

/** Calls that end at once. */
function names(of: DeploymentPool<string>, count: number): string[] {
  return Array.from({ length: count }, () => {
    const lease = of.take(0, 0)
    lease?.succeeded(undefined, 0)
    return lease?.deployment ?? '-'
  })
}

describe('a pool of deployments', () => {
  test('goes round evenly by weight', () => {
    const of = pool([
      { deployment: 'a', weight: 5 },
      { deployment: 'b', weight: 1 },
      { deployment: 'c', weight: 1 },
    ])
    expect(names(of, 14).join('')).toBe('aabacaaaabacaa')
  })

  test('gives each its part to within the number of deployments, over any stretch of calls', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 }),
        fc.nat(100),
        fc.integer({ min: 1, max: 200 }),
        (weights, skipped, length) => {
          const of = pool(weights.map((weight, position) => ({ deployment: `${position}`, weight })))
          names(of, skipped)
          const taken = names(of, length)
          const total = weights.reduce((sum, weight) => sum + weight, 0)
          for (const [position, weight] of weights.entries()) {
            const count = taken.filter((name) => name === `${position}`).length
            expect(Math.abs(count - (length * weight) / total)).toBeLessThanOrEqual(weights.length)
          }
        },
      ),
    )
  })

  test('goes by calls under way for the weight where told so', () => {
    const of = pool(
      [
        { deployment: 'a', weight: 2 },
        { deployment: 'b', weight: 1 },
      ],
      { balance: 'least-in-flight' },
    )
    const leases = Array.from({ length: 6 }, () => of.take(0, 0)!)
    expect(
      leases
        .map(({ deployment }) => deployment)
        .sort()
        .join(''),
    ).toBe('aaaabb')
    for (const lease of leases) if (lease.deployment === 'b') lease.succeeded(undefined, 0)
    expect(of.take(0, 0)!.deployment).toBe('b')
  })

  test('leaves one alone that limits our rate, for as long as it says or as configured', () => {
    const of = pool([
      { deployment: 'a', weight: 1 },
      { deployment: 'b', weight: 1 },
    ])
    const first = of.take(0, 0)!
    first.failed(limited(3_000), 0)
    const second = of.take(0, 0)!
    expect([first.deployment, second.deployment]).toEqual(['a', 'b'])
    second.failed(limited(), 0)
    expect(of.take(0, 2_999)).toBeUndefined()
    expect(of.msUntilFree(0, 2_000)).toBe(1_000)
    expect(of.take(0, 3_000)!.deployment).toBe('a')
    expect(of.take(0, 9_999)!.deployment).toBe('a')
    expect(of.take(0, 10_000)!.deployment).toBe('b')
  })

  test('does not cool one down for another failure', () => {
    const of = pool([{ deployment: 'a', weight: 1 }])
    of.take(0, 0)!.failed(new ProviderFailure('server-error', ''), 0)
    expect(of.take(0, 0)).toBeDefined()
  })

  test('keeps to requests a minute and goes on to the next', () => {
    const of = pool([
      { deployment: 'a', weight: 100, requestsPerMinute: 20 },
      { deployment: 'b', weight: 1 },
    ])
    expect(names(of, 4).join('')).toBe('aabb')
  })

  test('reserves tokens by estimate and settles what was used', () => {
    const of = pool([{ deployment: 'a', weight: 1, tokensPerMinute: 1_000 }])
    const lease = of.take(60, 0)!
    expect(of.take(60, 0)).toBeUndefined()
    lease.succeeded(10, 0)
    lease.succeeded(10, 0)
    expect(of.take(60, 0)).toBeDefined()
    expect(of.take(31, 0)).toBeUndefined()
    expect(of.take(30, 0)).toBeDefined()
  })

  test('gives tokens of a failed call back', () => {
    const of = pool([{ deployment: 'a', weight: 1, tokensPerMinute: 1_000 }])
    of.take(100, 0)!.failed(new ProviderFailure('server-error', ''), 0)
    expect(of.take(100, 0)).toBeDefined()
  })

  test('lets a call through that is larger than it can ever hold, which is then paid back', () => {
    const of = pool([{ deployment: 'a', weight: 1, tokensPerMinute: 1_000 }])
    of.take(5_000, 0)!.succeeded(5_000, 0)
    expect(of.msUntilFree(1, 0)).toBeGreaterThan(290_000)
  })

  test('skips one that is not available, without its part being made up for later', () => {
    let isUp = false
    const of = pool(
      [
        { deployment: 'a', weight: 1 },
        { deployment: 'b', weight: 1 },
      ],
      { isAvailable: (name) => name === 'b' || isUp },
    )
    expect(names(of, 6).join('')).toBe('bbbbbb')
    isUp = true
    expect(names(of, 4).join('')).toMatch(/^(ab){2}$|^(ba){2}$/)
  })

  test('gives a canary its share and no more', () => {
    const of = pool([
      { deployment: 'a', weight: 1 },
      { deployment: 'new', weight: 1, canaryShare: 0.1 },
    ])
    expect(names(of, 1_000).filter((name) => name === 'new').length).toBeGreaterThanOrEqual(99)
    expect(names(of, 1_000).filter((name) => name === 'new').length).toBeLessThanOrEqual(101)
  })

  test('calls a canary rather than nothing', () => {
    const of = pool(
      [
        { deployment: 'a', weight: 1 },
        { deployment: 'new', weight: 1, canaryShare: 0.1 },
      ],
      { isAvailable: (name) => name === 'new' },
    )
    expect(names(of, 5).join(' ')).toBe('new new new new new')
  })

  test('with none that time would free, waits for ever', () => {
    const of = pool([{ deployment: 'a', weight: 1 }], { isAvailable: () => false })
    expect(of.take(0, 0)).toBeUndefined()
    expect(of.msUntilFree(0, 0)).toBe(Infinity)
  })

  test('refuses a weight of 0', () => {
    expect(() => pool([{ deployment: 'a', weight: 0 }])).toThrow('Expected weights above 0, got 0')
  })
})

describe('the layer of deployments', () => {
  interface Request {
    readonly signal: AbortSignal
    readonly deployment?: string
  }
  type Answer = string | AsyncIterable<string>
  const STREAMS: StreamAccess<Answer, string> = {
    events: (answer) => (typeof answer === 'string' ? undefined : answer),
    replace: (_, events) => events,
  }

  function setUp(of: DeploymentPool<string>, answer: (deployment: string) => Promise<Answer>) {
    const time = new ManualTime()
    const call = compose<Request, Answer>(
      ({ deployment }) => answer(deployment!),
      balanced({
        poolOf: () => of,
        nameOf: () => 'fast',
        tokensOf: () => 100,
        withDeployment: (request, deployment) => ({ ...request, deployment }),
        usedTokensOf: () => 40,
        streams: STREAMS,
        clock: time,
      }),
    )
    return { time, run: () => call({ signal: new AbortController().signal }) }
  }

  test('calls one and settles what the answer used', async () => {
    const of = pool([{ deployment: 'a', weight: 1, tokensPerMinute: 1_000 }])
    const { time, run } = setUp(of, async (deployment) => `by ${deployment}`)
    expect(await run()).toBe('by a')
    expect(of.take(60, time.monotonicMs())).toBeDefined()
  })

  test('settles a stream at its end', async () => {
    const of = pool([{ deployment: 'a', weight: 1, tokensPerMinute: 1_000 }])
    const { time, run } = setUp(of, async () =>
      (async function* () {
        yield 'x'
      })(),
    )
    const events = (await run()) as AsyncIterable<string>
    expect(of.take(60, time.monotonicMs())).toBeUndefined()
    expect(await readAll(events)).toEqual(['x'])
    expect(of.take(60, time.monotonicMs())).toBeDefined()
  })

  test('goes on to the next at once where one limits our rate, and no more often than there are', async () => {
    const of = pool(
      ['a', 'b', 'c'].map((deployment) => ({ deployment, weight: 1 })),
      { cooldownMs: 0 },
    )
    const called: string[] = []
    const { run } = setUp(of, async (deployment) => {
      called.push(deployment)
      if (called.length !== 3 && called.length < 6) throw limited()
      return `by ${deployment}`
    })
    expect(await run()).toBe('by c')
    await expect(run()).resolves.toBe('by c')
    expect(called.join('')).toBe('abcabc')
    called.length = 0
    const { run: failing } = setUp(of, async (deployment) => {
      called.push(deployment)
      throw limited()
    })
    await expect(failing()).rejects.toThrow('slow down')
    expect(called).toHaveLength(3)
  })

  test('does not go on for another failure, which may be the fault of the request', async () => {
    const of = pool(['a', 'b'].map((deployment) => ({ deployment, weight: 1 })))
    const called: string[] = []
    const { run } = setUp(of, async (deployment) => {
      called.push(deployment)
      throw new ProviderFailure('refused', 'no')
    })
    await expect(run()).rejects.toThrow('no')
    expect(called).toEqual(['a'])
  })

  test('with all cooling down, says when one is free', async () => {
    const of = pool([{ deployment: 'a', weight: 1 }])
    const { run } = setUp(of, async () => {
      throw limited(2_000)
    })
    await expect(run()).rejects.toThrow('slow down')
    await expect(run()).rejects.toMatchObject({ outcome: 'rate-limited', retryAfterMs: 2_000 })
  })

  test('with none available, is unreachable', async () => {
    const { run } = setUp(
      pool([{ deployment: 'a', weight: 1 }], { isAvailable: () => false }),
      async () => '',
    )
    await expect(run()).rejects.toMatchObject({ outcome: 'unreachable' })
  })
})
