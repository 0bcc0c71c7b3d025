import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Random, seededRandom } from '../util/random.ts'
import { FairQueue, type FairQueueOptions, type QueueShare, type Slot, SOLE_SHARE } from './fair-queue.ts'
import { compose } from './layer.ts'
import { ManualTime, settled } from './manual-time.ts'
import { queued } from './queued.ts'
import type { StreamAccess } from './watched-stream.ts'

function setUp(options: Partial<FairQueueOptions> = {}) {
  const time = new ManualTime()
  const queue = new FairQueue({
    slots: 2,
    maxWaiting: 100,
    maxWaitingPerTenant: 50,
    maxWaitMs: 1_000,
    clock: time,
    timer: time.timer,
    ...options,
  })
  return { time, queue }
}

const of = (tenant: string, weight = 1, maxRunning?: number): QueueShare =>
  maxRunning === undefined ? { tenant, weight } : { tenant, weight, maxRunning }

const alive = () => new AbortController().signal

describe('a queue', () => {
  test('grants free slots at once and the rest in order', async () => {
    const { queue } = setUp()
    const first = queue.tryAcquire(SOLE_SHARE)!
    queue.tryAcquire(SOLE_SHARE)
    expect(queue.tryAcquire(SOLE_SHARE)).toBeUndefined()
    const order: string[] = []
    const third = queue.acquire(SOLE_SHARE, alive()).then((slot) => {
      order.push('third')
      return slot
    })
    queue.acquire(SOLE_SHARE, alive()).then(() => order.push('fourth'))
    first.release()
    ;(await third).release()
    await settled()
    expect(order).toEqual(['third', 'fourth'])
  })

  test('counts a slot once however often it is released', () => {
    const { queue } = setUp()
    const slot = queue.tryAcquire(SOLE_SHARE)!
    queue.tryAcquire(SOLE_SHARE)
    slot.release()
    slot.release()
    expect(queue.running).toBe(1)
  })

  test('refuses what is too much of one tenant, and what is too much of all', async () => {
    const { queue } = setUp({ slots: 1, maxWaiting: 3, maxWaitingPerTenant: 2 })
    queue.tryAcquire(of('a'))
    for (const tenant of ['a', 'a', 'b']) queue.acquire(of(tenant), alive()).catch(() => {})
    await expect(queue.acquire(of('a'), alive())).rejects.toMatchObject({ code: 'rate_limited' })
    await expect(queue.acquire(of('b'), alive())).rejects.toMatchObject({ code: 'overloaded' })
    await expect(queue.acquire(of('c'), alive())).rejects.toMatchObject({ code: 'overloaded' })
    expect([queue.waiting, queue.tenants]).toEqual([3, 2])
  })

  test('lets nobody wait longer than it may', async () => {
    const { time, queue } = setUp({ slots: 1 })
    queue.tryAcquire(of('a'))
    const waiting = queue.acquire(of('b'), alive())
    waiting.catch(() => {})
    const hurried = queue.acquire(of('b'), alive(), time.monotonicMs() + 100)
    hurried.catch(() => {})
    await time.advance(100)
    await expect(hurried).rejects.toThrow('Waited 100 ms for one of the 1 calls')
    await time.advance(900)
    await expect(waiting).rejects.toMatchObject({ code: 'overloaded' })
    expect([queue.waiting, time.alarms]).toEqual([0, 0])
  })

  test('one who aborts leaves, with its own reason, and nobody loses a slot', async () => {
    const { time, queue } = setUp({ slots: 1 })
    const slot = queue.tryAcquire(of('a'))!
    const caller = new AbortController()
    const waiting = queue.acquire(of('b'), caller.signal)
    const next = queue.acquire(of('c'), alive())
    caller.abort('gone')
    await expect(waiting).rejects.toBe('gone')
    slot.release()
    ;(await next).release()
    expect([queue.running, queue.waiting, time.alarms]).toEqual([0, 0, 0])
    await expect(queue.acquire(of('b'), AbortSignal.abort('before'))).rejects.toBe('before')
  })

  test('refuses what would never let anybody in', () => {
    expect(() => setUp({ slots: 0 })).toThrow('Expected 1 slot or more, got 0')
    expect(() => setUp().queue.tryAcquire(of('a', 0))).toThrow(
      'Expected a weight above 0 for tenant a, got 0',
    )
  })

  test('a tenant never holds more than its maximum, and does not hold others up', async () => {
    const { queue } = setUp({ slots: 3 })
    const first = queue.tryAcquire(of('a', 1, 1))!
    expect(queue.tryAcquire(of('a', 1, 1))).toBeUndefined()
    let isGranted = false
    queue.acquire(of('a', 1, 1), alive()).then(() => {
      isGranted = true
    })
    const second = queue.tryAcquire(of('b'))!
    second.release()
    await settled()
    expect(isGranted).toBe(false)
    first.release()
    await settled()
    expect(isGranted).toBe(true)
  })

  test('whatever happens, slots and waiting places stay within their bounds and all come back', async () => {
    const step = fc.record({
      does: fc.constantFrom('acquire', 'acquire', 'release', 'abort', 'pass'),
      tenant: fc.constantFrom('a', 'b', 'c'),
      which: fc.nat(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const { time, queue } = setUp({ slots: 3, maxWaiting: 6, maxWaitingPerTenant: 4, maxWaitMs: 5 })
        const held: Slot[] = []
        const callers: AbortController[] = []
        for (const { does, tenant, which } of steps) {
          if (does === 'acquire') {
            const caller = new AbortController()
            callers.push(caller)
            queue.acquire(of(tenant, 1, 2), caller.signal).then(
              (slot) => held.push(slot),
              () => {},
            )
          } else if (does === 'release') held.splice(which % Math.max(1, held.length), 1)[0]?.release()
          else if (does === 'abort') callers[which % Math.max(1, callers.length)]?.abort()
          else await time.advance(1)
          await settled()
          expect(queue.running).toBe(held.length)
          expect(queue.running).toBeLessThanOrEqual(3)
          expect(queue.waiting).toBeLessThanOrEqual(6)
        }
        await time.advance(10)
        while (held.length > 0) held.pop()!.release()
        expect([queue.running, queue.waiting, queue.tenants, time.alarms]).toEqual([0, 0, 0, 0])
      }),
      { numRuns: 60 },
    )
  })
})

/** A tenant that always has so many calls waiting or under way. */
interface Busy {
  readonly share: QueueShare
  readonly callers: number
  readonly callMs: () => number
}

/** How long each tenant held slots, in slot milliseconds. */
async function heldByTenant(slots: number, tenants: readonly Busy[], runMs: number): Promise<number[]> {
  const { time, queue } = setUp({ slots, maxWaiting: 10_000, maxWaitingPerTenant: 10_000, maxWaitMs: 1e9 })
  const held = tenants.map(() => 0)
  for (const [position, { share, callers, callMs }] of tenants.entries()) {
    const again = async () => {
      const slot = await queue.acquire(share, alive())
      const milliseconds = callMs()
      time.timer(() => {
        held[position]! += milliseconds
        slot.release()
        void again()
      }, milliseconds)
    }
    for (let caller = 0; caller < callers; caller++) void again()
  }
  await time.advance(runMs)
  return held
}

describe('shares', () => {
  test('of tenants that always want more follow their weights, by the time that slots are held', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            weight: fc.integer({ min: 1, max: 4 }),
            callMs: fc.integer({ min: 5, max: 40 }),
          }),
          { minLength: 2, maxLength: 4 },
        ),
        fc.integer({ min: 1, max: 4 }),
        async (tenants, slots) => {
          const held = await heldByTenant(
            slots,
            tenants.map(({ weight, callMs }, position) => ({
              share: of(`${position}`, weight),
              callers: 8,
              callMs: () => callMs,
            })),
            8_000,
          )
          const all = held.reduce((sum, milliseconds) => sum + milliseconds, 0)
          const weights = tenants.reduce((sum, { weight }) => sum + weight, 0)
          for (const [position, { weight }] of tenants.entries()) {
            expect(Math.abs(held[position]! / all - weight / weights)).toBeLessThan(0.03)
          }
        },
      ),
      { numRuns: 15 },
    )
  })

  test('of one who asks again only after each answer are kept too', async () => {
    const held = await heldByTenant(
      1,
      [
        { share: of('light', 1), callers: 1, callMs: () => 10 },
        { share: of('heavy', 4), callers: 20, callMs: () => 10 },
      ],
      10_000,
    )
    expect(held[0]! / (held[0]! + held[1]!)).toBeCloseTo(0.2, 1)
  })

  test('are not saved up by one who wanted less for a while', async () => {
    const { time, queue } = setUp({ slots: 4, maxWaiting: 100, maxWaitingPerTenant: 100, maxWaitMs: 1e9 })
    let heldByFrugal = 0
    const call = async (tenant: string) => {
      const slot = await queue.acquire(of(tenant), alive())
      time.timer(() => {
        if (tenant === 'frugal') heldByFrugal += 10
        slot.release()
        void call(tenant)
      }, 10)
    }
    for (const tenant of ['frugal', ...Array<string>(20).fill('busy')]) void call(tenant)
    await time.advance(10_000)
    heldByFrugal = 0
    for (let caller = 0; caller < 20; caller++) void call('frugal')
    await time.advance(1_000)
    expect(heldByFrugal / 4_000).toBeCloseTo(0.5, 1)
  })

  test('go to whoever wants them where others want less', async () => {
    const held = await heldByTenant(
      4,
      [
        { share: of('one at a time', 9), callers: 1, callMs: () => 10 },
        { share: of('many', 1), callers: 20, callMs: () => 10 },
      ],
      5_000,
    )
    // It waits for the next slot that comes free, a quarter of a call, and for nothing else.
    expect(held[0]).toBeGreaterThan(3_900)
    expect(held[0]! + held[1]!).toBeGreaterThan(19_800)
  })
})

/**
 * 99th percentile of the time from call to answer of a tenant at half its share, beside another at so many times its own.
 * The first makes the same calls whatever the other does.
 */
async function p99BesideBurst(timesItsShare: number, seed: number): Promise<number> {
  const slots = 16
  const meanMs = 50
  const { time, queue } = setUp({ slots, maxWaiting: 2_000, maxWaitingPerTenant: 500, maxWaitMs: 30_000 })
  const latenciesMs: number[] = []
  const arrive = (share: QueueShare, everyMs: number, random: Random, ended: (latencyMs: number) => void) => {
    const exponential = (mean: number) => -mean * Math.log(1 - random())
    const call = async (callMs: number) => {
      const startMs = time.monotonicMs()
      try {
        const slot = await queue.acquire(share, alive())
        time.timer(() => {
          slot.release()
          ended(time.monotonicMs() - startMs)
        }, callMs)
      } catch (error) {
        // More of the burst than may wait is refused, which is what the queue is for.
        expect(error).toMatchObject({ code: 'rate_limited' })
      }
    }
    const next = () => {
      time.timer(() => {
        void call(meanMs / 2 + exponential(meanMs / 2))
        next()
      }, exponential(everyMs))
    }
    next()
  }
  // Half of the slots are each one's share: a call every meanMs / 8 milliseconds.
  const shareEveryMs = meanMs / (slots / 2)
  arrive(of('quiet'), shareEveryMs * 2, seededRandom(seed), (latencyMs) => latenciesMs.push(latencyMs))
  if (timesItsShare > 0) arrive(of('burst'), shareEveryMs / timesItsShare, seededRandom(seed + 100), () => {})
  await time.advance(20_000)
  latenciesMs.sort((a, b) => a - b)
  return latenciesMs[Math.floor(latenciesMs.length * 0.99)]!
}

test.each([1, 2, 3])(
  'a tenant at ten times its share moves the 99th percentile of another by at most a fifth (seed %d)',
  async (seed) => {
    const alone = await p99BesideBurst(0, seed)
    const beside = await p99BesideBurst(10, seed)
    expect(alone).toBeGreaterThan(100)
    expect(beside / alone).toBeGreaterThanOrEqual(1)
    expect(beside / alone).toBeLessThan(1.2)
  },
)

describe('the layer of a queue', () => {
  interface Request {
    readonly signal: AbortSignal
  }
  type Answer = string | AsyncIterable<string>
  const STREAMS: StreamAccess<Answer, string> = {
    events: (answer) => (typeof answer === 'string' ? undefined : answer),
    replace: (_, events) => events,
  }

  test('holds a slot for the time of a call, a failed one too', async () => {
    const { queue } = setUp()
    let during = 0
    const call = compose<Request, Answer>(
      async () => {
        during = queue.running
        throw new Error('broken')
      },
      queued({ queueOf: () => queue }),
    )
    await expect(call({ signal: alive() })).rejects.toThrow('broken')
    expect([during, queue.running]).toEqual([1, 0])
  })

  test('holds it until the end of a stream', async () => {
    const { queue } = setUp()
    const call = compose<Request, Answer>(
      async () =>
        (async function* () {
          yield 'a'
          yield 'b'
        })(),
      queued({ queueOf: () => queue, streams: STREAMS }),
    )
    for await (const event of (await call({ signal: alive() })) as AsyncIterable<string>) {
      expect([queue.running, event.length]).toEqual([1, 1])
    }
    expect(queue.running).toBe(0)
  })
})
