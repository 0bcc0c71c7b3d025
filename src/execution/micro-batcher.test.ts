import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ManualTime, settled } from './manual-time.ts'
import { MicroBatcher, type MicroBatcherOptions } from './micro-batcher.ts'

function setUp(options: Partial<MicroBatcherOptions<string, number>> = {}) {
  const time = new ManualTime()
  const batches: (readonly string[])[] = []
  const batcher = new MicroBatcher<string, number>({
    run: async (inputs) => {
      batches.push(inputs)
      return inputs.map((input) => input.length)
    },
    keyOf: (input) => input,
    windowMs: 5,
    maxSize: 3,
    maxWaiting: 10,
    timer: time.timer,
    ...options,
  })
  return {
    time,
    batches,
    batcher,
    submit: (input: string, signal = new AbortController().signal) => batcher.submit(input, signal),
  }
}

test('what comes within the window is one call, equal inputs once', async () => {
  const { time, batches, submit } = setUp()
  const first = [submit('a'), submit('bb'), submit('a')]
  await time.advance(4)
  expect(batches).toEqual([])
  await time.advance(1)
  expect(await Promise.all(first)).toEqual([1, 2, 1])
  const second = submit('ccc')
  await time.advance(5)
  expect(await second).toBe(3)
  expect(batches).toEqual([['a', 'bb'], ['ccc']])
})

test('a full batch does not wait', async () => {
  const { time, batches, submit } = setUp()
  const all = ['a', 'bb', 'ccc', 'dddd'].map((input) => submit(input))
  expect(batches).toEqual([['a', 'bb', 'ccc']])
  await time.advance(5)
  expect(await Promise.all(all)).toEqual([1, 2, 3, 4])
  expect(time.alarms).toBe(0)
})

test('more than may wait is refused, until answers have come', async () => {
  const inner = Promise.withResolvers<readonly number[]>()
  const { time, submit } = setUp({ maxWaiting: 2, run: () => inner.promise })
  const all = [submit('a'), submit('a')]
  await expect(submit('b')).rejects.toMatchObject({ code: 'overloaded' })
  await time.advance(5)
  inner.resolve([1])
  await Promise.all(all)
  submit('b').catch(() => {})
})

test('who aborts before the call is left out of it', async () => {
  const { time, batches, submit } = setUp()
  const caller = new AbortController()
  const left = submit('a', caller.signal)
  const stays = submit('bb')
  caller.abort('gone')
  await expect(left).rejects.toBe('gone')
  await time.advance(5)
  expect(await stays).toBe(2)
  expect(batches).toEqual([['bb']])
})

test('who aborts during the call does not spoil it for others', async () => {
  const inner = Promise.withResolvers<readonly number[]>()
  let passedOn: AbortSignal | undefined
  const { time, submit } = setUp({
    run: (_, signal) => {
      passedOn = signal
      return inner.promise
    },
  })
  const caller = new AbortController()
  const [left, same, other] = [submit('a', caller.signal), submit('a'), submit('bb')]
  await time.advance(5)
  caller.abort('gone')
  await expect(left).rejects.toBe('gone')
  expect(passedOn!.aborted).toBe(false)
  inner.resolve([1, 2])
  expect(await Promise.all([same, other])).toEqual([1, 2])
})

test('a batch that nobody waits for is not called, or aborted', async () => {
  let passedOn: AbortSignal | undefined
  const { time, batcher, submit } = setUp({
    run: (_, signal) => {
      passedOn = signal
      return new Promise(() => {})
    },
  })
  const early = new AbortController()
  submit('a', early.signal).catch(() => {})
  early.abort('gone')
  expect(time.alarms).toBe(0)
  const late = new AbortController()
  submit('a', late.signal).catch(() => {})
  await time.advance(5)
  late.abort('gone')
  expect(passedOn!.reason).toBe('gone')
  expect(batcher.waiting).toBe(0)
  await expect(submit('a', AbortSignal.abort('before'))).rejects.toBe('before')
})

test('an error goes to all in the batch, and to nobody else', async () => {
  const failure = new Error('broken')
  let isBroken = true
  const { time, submit } = setUp({
    run: async (inputs) => {
      if (isBroken) throw failure
      return inputs.map(() => 0)
    },
  })
  const ends = Promise.allSettled([submit('a'), submit('b'), submit('a')])
  await time.advance(5)
  expect((await ends).every((end) => end.status === 'rejected' && end.reason === failure)).toBe(true)
  isBroken = false
  const next = submit('a')
  await time.advance(5)
  expect(await next).toBe(0)
})

test('a wrong number of answers is an error for all', async () => {
  const { time, submit } = setUp({ run: async () => [1] })
  const all = [submit('a'), submit('b')]
  for (const one of all) one.catch(() => {})
  await time.advance(5)
  for (const one of all) await expect(one).rejects.toThrow('Expected 2 answers to a batch of 2 inputs, got 1')
})

test('what the call throws at once is an error for all', async () => {
  const { time, batcher, submit } = setUp({
    run: () => {
      throw new RangeError('at once')
    },
  })
  const only = submit('a')
  only.catch(() => {})
  await time.advance(5)
  await expect(only).rejects.toThrow('at once')
  expect(batcher.waiting).toBe(0)
})

test('everyone gets the answer to its own input, in any order and whoever aborts', async () => {
  const step = fc.record({
    input: fc.string({ maxLength: 3 }),
    passMs: fc.integer({ min: 0, max: 6 }),
    abort: fc.option(fc.nat(), { nil: undefined }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { time, batches, batcher, submit } = setUp({ maxWaiting: 1_000 })
      const callers: AbortController[] = []
      const ends: Promise<void>[] = []
      for (const { input, passMs, abort } of steps) {
        const caller = new AbortController()
        callers.push(caller)
        ends.push(
          submit(input, caller.signal).then(
            (output) => expect(output).toBe(input.length),
            (error) => expect([error, caller.signal.aborted]).toEqual(['gone', true]),
          ),
        )
        if (abort !== undefined) callers[abort % callers.length]!.abort('gone')
        await time.advance(passMs)
      }
      await time.advance(5)
      await Promise.all(ends)
      for (const inputs of batches) {
        expect(inputs.length).toBeLessThanOrEqual(3)
        expect(new Set(inputs).size).toBe(inputs.length)
      }
      await settled()
      expect([batcher.waiting, time.alarms]).toEqual([0, 0])
    }),
    { numRuns: 60 },
  )
})
