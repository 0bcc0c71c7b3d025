import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Breaker, type BreakerState } from './breaker.ts'

const OPTIONS = { windowMs: 10_000, minimumCalls: 4, failureShare: 0.5, openMs: 5_000, probes: 2 }

function fail(breaker: Breaker, nowMs: number, times: number): void {
  for (let time = 0; time < times; time++) breaker.failed(nowMs, breaker.enter(nowMs))
}

function succeed(breaker: Breaker, nowMs: number, times: number): void {
  for (let time = 0; time < times; time++) breaker.succeeded(nowMs, breaker.enter(nowMs))
}

test('opens once enough calls have failed, and not before there were enough', () => {
  const breaker = new Breaker(OPTIONS)
  fail(breaker, 0, 3)
  expect(breaker.state(0)).toBe('closed')
  fail(breaker, 0, 1)
  expect(breaker.state(0)).toBe('open')
  expect(breaker.enter(4_999)).toBe(0)
  expect(breaker.msUntilAllowed(1_000)).toBe(4_000)
})

test('stays closed while the share of failures is low', () => {
  const breaker = new Breaker(OPTIONS)
  succeed(breaker, 0, 7)
  fail(breaker, 0, 6)
  expect(breaker.state(0)).toBe('closed')
  fail(breaker, 0, 1)
  expect(breaker.state(0)).toBe('open')
})

test('forgets what is older than the window', () => {
  const breaker = new Breaker(OPTIONS)
  fail(breaker, 500, 3)
  fail(breaker, 11_000, 3)
  expect(breaker.state(11_000)).toBe('closed')
  fail(breaker, 19_000, 1)
  expect(breaker.state(19_000)).toBe('open')
})

test('half-open, it lets a few probes through and closes when all have succeeded', () => {
  const changes: BreakerState[] = []
  const breaker = new Breaker({ ...OPTIONS, onChange: (state) => changes.push(state) })
  fail(breaker, 0, 4)
  expect(breaker.state(5_000)).toBe('half-open')
  const [first, second, third] = [breaker.enter(5_000), breaker.enter(5_000), breaker.enter(5_000)]
  expect([first > 0, second > 0, third]).toEqual([true, true, 0])
  breaker.succeeded(5_100, first)
  expect(breaker.enter(5_100)).toBe(0)
  breaker.succeeded(5_200, second)
  expect(breaker.state(5_200)).toBe('closed')
  expect(changes).toEqual(['open', 'half-open', 'closed'])
  fail(breaker, 5_300, 3)
  expect(breaker.state(5_300)).toBe('closed')
})

test('one probe that fails opens it again for as long', () => {
  const breaker = new Breaker(OPTIONS)
  fail(breaker, 0, 4)
  breaker.failed(6_000, breaker.enter(5_000))
  expect(breaker.state(10_999)).toBe('open')
  expect(breaker.state(11_000)).toBe('half-open')
})

test('a probe that is given up makes room for another', () => {
  const breaker = new Breaker({ ...OPTIONS, probes: 1 })
  fail(breaker, 0, 4)
  const probe = breaker.enter(5_000)
  expect(breaker.allows(5_000)).toBe(false)
  breaker.abandoned(probe)
  succeed(breaker, 5_000, 1)
  expect(breaker.state(5_000)).toBe('closed')
})

test('calls that began before it opened say nothing of the probes', () => {
  const breaker = new Breaker({ ...OPTIONS, probes: 1 })
  const [late, later, latest] = [breaker.enter(0), breaker.enter(0), breaker.enter(0)]
  fail(breaker, 0, 4)
  const probe = breaker.enter(5_000)
  breaker.succeeded(5_001, late)
  breaker.failed(5_001, later)
  breaker.abandoned(latest)
  expect(breaker.state(5_001)).toBe('half-open')
  expect(breaker.enter(5_001)).toBe(0)
  breaker.succeeded(5_002, probe)
  expect(breaker.state(5_002)).toBe('closed')
})

test('a stream that breaks off is a failure, not a success and a failure', () => {
  const breaker = new Breaker({ ...OPTIONS, failureShare: 0.6 })
  for (let time = 0; time < 4; time++) {
    const permit = breaker.enter(0)
    breaker.succeeded(0, permit)
    breaker.brokeOff(3_000, permit)
  }
  expect(breaker.state(3_000)).toBe('open')
})

test('whatever happens, no more probes are under way than allowed, and it is never stuck', () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 3_000 }),
    does: fc.constantFrom('enter', 'enter', 'succeed', 'fail', 'abandon'),
    which: fc.nat(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 4 }), (steps, probes) => {
      const breaker = new Breaker({ ...OPTIONS, probes })
      const underWay: { permit: number; isProbe: boolean }[] = []
      let nowMs = 0
      for (const { afterMs, does, which } of steps) {
        nowMs += afterMs
        if (does === 'enter') {
          const state = breaker.state(nowMs)
          const isAllowed = breaker.allows(nowMs)
          const permit = breaker.enter(nowMs)
          expect(permit > 0).toBe(isAllowed)
          if (state === 'open') expect(permit).toBe(0)
          if (state === 'closed') expect(permit).toBeGreaterThan(0)
          if (permit > 0) underWay.push({ permit, isProbe: state === 'half-open' })
        } else if (underWay.length > 0) {
          const { permit } = underWay.splice(which % underWay.length, 1)[0]!
          if (does === 'succeed') breaker.succeeded(nowMs, permit)
          else if (does === 'fail') breaker.failed(nowMs, permit)
          else breaker.abandoned(permit)
        }
        const newest = Math.max(0, ...underWay.map(({ permit }) => permit))
        const probing = underWay.filter(({ permit, isProbe }) => isProbe && permit === newest)
        expect(probing.length).toBeLessThanOrEqual(probes)
      }
      for (const { permit } of underWay) breaker.abandoned(permit)
      expect(breaker.allows(nowMs + OPTIONS.openMs)).toBe(true)
    }),
  )
})
