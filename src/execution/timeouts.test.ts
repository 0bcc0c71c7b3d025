import { expect, test } from 'vitest'
import { compose } from './layer.ts'
import { ManualTime, settled } from './manual-time.ts'
import { type TimeoutLimits, timeouts } from './timeouts.ts'
import type { StreamAccess } from './watched-stream.ts'

interface Answer {
  readonly text: string
  readonly events?: AsyncIterable<string>
}

const STREAMS: StreamAccess<Answer, string> = {
  events: ({ events }) => events,
  replace: (answer, events) => ({ ...answer, events }),
}

/** An operation that is answered by hand. */
function setUp(limits: TimeoutLimits) {
  const time = new ManualTime()
  const caller = new AbortController()
  const inner = Promise.withResolvers<Answer>()
  let passedOn: { signal: AbortSignal; deadlineMs?: number | undefined } | undefined
  const call = compose<{ signal: AbortSignal; deadlineMs?: number | undefined }, Answer>(
    (request) => {
      passedOn = request
      return inner.promise
    },
    timeouts({ limitsOf: () => limits, streams: STREAMS, clock: time, timer: time.timer }),
  )
  const result = call({ signal: caller.signal })
  result.catch(() => {})
  return { time, caller, inner, result, passedOn: () => passedOn! }
}

/** A source whose events are given by hand. */
function handFed() {
  const asked: PromiseWithResolvers<IteratorResult<string, undefined>>[] = []
  let isReturned = false
  const source: AsyncIterableIterator<string, undefined> = {
    [Symbol.asyncIterator]: () => source,
    next: () => {
      const read = Promise.withResolvers<IteratorResult<string, undefined>>()
      asked.push(read)
      return read.promise
    },
    return: () => {
      isReturned = true
      return Promise.resolve({ done: true, value: undefined })
    },
  }
  return {
    source,
    give: (value: string) => asked.shift()!.resolve({ done: false, value }),
    end: () => asked.shift()!.resolve({ done: true, value: undefined }),
    isReturned: () => isReturned,
  }
}

test('an answer in time passes, and leaves no alarm and no listener behind', async () => {
  const { time, inner, result } = setUp({ firstByteMs: 100, totalMs: 1_000 })
  inner.resolve({ text: 'hello' })
  expect(await result).toEqual({ text: 'hello' })
  expect(time.alarms).toBe(0)
})

test('a failure passes as it is', async () => {
  const { time, inner, result } = setUp({ firstByteMs: 100 })
  const failure = new Error('broken')
  inner.reject(failure)
  await expect(result).rejects.toBe(failure)
  expect(time.alarms).toBe(0)
})

test('what an operation throws at once is a rejection, and leaves no alarm behind', async () => {
  const time = new ManualTime()
  const call = compose<{ signal: AbortSignal }, string>(
    () => {
      throw new RangeError('at once')
    },
    timeouts({ limitsOf: () => ({ totalMs: 5 }), clock: time, timer: time.timer }),
  )
  await expect(call({ signal: new AbortController().signal })).rejects.toThrow('at once')
  expect(time.alarms).toBe(0)
})

test.each([
  [{ firstByteMs: 100, totalMs: 1_000 }, 100, 'within 100 ms; raise timeouts.firstByteMs'],
  [{ firstByteMs: 500, totalMs: 200 }, 200, 'after 200 ms; raise timeouts.totalMs'],
])(
  '%o rejects after %d ms with what to raise, though the operation never minds its signal',
  async (limits, afterMs, says) => {
    const { time, result, passedOn } = setUp(limits)
    let failure: unknown
    result.catch((error) => {
      failure = error
    })
    await time.advance(afterMs - 1)
    expect(failure).toBeUndefined()
    await time.advance(1)
    expect(failure).toMatchObject({ outcome: 'timeout', code: 'provider_timeout', status: 504 })
    expect(String(failure)).toContain(says)
    expect(passedOn().signal.aborted).toBe(true)
    expect(passedOn().signal.reason).toBe(failure)
    expect(time.alarms).toBe(0)
  },
)

test('the reason of a caller who aborts passes through, at once', async () => {
  const { time, caller, result, passedOn } = setUp({ firstByteMs: 100 })
  const reason = new Error('the client hung up')
  caller.abort(reason)
  await expect(result).rejects.toBe(reason)
  expect(passedOn().signal.reason).toBe(reason)
  expect(time.alarms).toBe(0)
})

test('nothing is called for a caller who has aborted already', async () => {
  const time = new ManualTime()
  const signal = AbortSignal.abort('gone')
  let calls = 0
  const call = compose<{ signal: AbortSignal }, number>(
    async () => ++calls,
    timeouts({ limitsOf: () => ({}), clock: time, timer: time.timer }),
  )
  await expect(call({ signal })).rejects.toBe('gone')
  expect(calls).toBe(0)
})

test('a total sets the deadline that inner policies keep to, the nearer of two', async () => {
  const { passedOn } = setUp({ totalMs: 300 })
  expect(passedOn().deadlineMs).toBe(1_300)
})

test('a stream passes in order, and the total runs on to its end', async () => {
  const { time, inner, result } = setUp({ firstByteMs: 100, totalMs: 1_000 })
  const { source, give, end } = handFed()
  await time.advance(90)
  inner.resolve({ text: '', events: source })
  const events = (await result).events![Symbol.asyncIterator]()
  expect(time.alarms).toBe(1)
  for (const word of ['a', 'b']) {
    const read = events.next()
    give(word)
    expect(await read).toEqual({ done: false, value: word })
  }
  const last = events.next()
  end()
  expect((await last).done).toBe(true)
  expect(time.alarms).toBe(0)
})

test('a stream that goes on beyond the total is broken off, and its source ended', async () => {
  const { time, inner, result, passedOn } = setUp({ firstByteMs: 100, totalMs: 1_000 })
  const { source, isReturned } = handFed()
  await time.advance(90)
  inner.resolve({ text: '', events: source })
  const events = (await result).events![Symbol.asyncIterator]()
  const read = events.next()
  read.catch(() => {})
  await time.advance(909)
  expect(passedOn().signal.aborted).toBe(false)
  await time.advance(1)
  await expect(read).rejects.toThrow(/not complete after 1000 ms/)
  await expect(events.next()).rejects.toThrow(/not complete/)
  expect(isReturned()).toBe(true)
  expect(passedOn().signal.aborted).toBe(true)
})

test('a pause between events counts only while the reader asks', async () => {
  const { time, inner, result } = setUp({ betweenEventsMs: 50 })
  const { source, give } = handFed()
  inner.resolve({ text: '', events: source })
  const events = (await result).events![Symbol.asyncIterator]()
  const first = events.next()
  await time.advance(49)
  give('a')
  expect((await first).value).toBe('a')
  await time.advance(10_000)
  const second = events.next()
  second.catch(() => {})
  await time.advance(49)
  give('b')
  expect((await second).value).toBe('b')
  const third = events.next()
  third.catch(() => {})
  await time.advance(50)
  await expect(third).rejects.toThrow('the stream paused for 50 ms; raise timeouts.betweenEventsMs')
})

test('a caller who aborts in the middle of a stream gets its own reason there', async () => {
  const { time, caller, inner, result } = setUp({ betweenEventsMs: 50, totalMs: 1_000 })
  const { source, isReturned } = handFed()
  inner.resolve({ text: '', events: source })
  const events = (await result).events![Symbol.asyncIterator]()
  const read = events.next()
  const reason = new Error('gone')
  caller.abort(reason)
  await expect(read).rejects.toBe(reason)
  expect(isReturned()).toBe(true)
  expect(time.alarms).toBe(0)
})

test('a reader who leaves ends the source and aborts the call', async () => {
  const { time, inner, result, passedOn } = setUp({ betweenEventsMs: 50, totalMs: 1_000 })
  const { source, isReturned } = handFed()
  inner.resolve({ text: '', events: source })
  const events = (await result).events![Symbol.asyncIterator]()
  await events.return!()
  expect(isReturned()).toBe(true)
  expect(passedOn().signal.aborted).toBe(true)
  expect(time.alarms).toBe(0)
  expect(await events.next()).toEqual({ done: true, value: undefined })
})

test('a stream that begins after its time is ended', async () => {
  const { time, inner, result } = setUp({ firstByteMs: 10 })
  await time.advance(10)
  await expect(result).rejects.toThrow('Timed out')
  const { source, isReturned } = handFed()
  inner.resolve({ text: '', events: source })
  await settled()
  expect(isReturned()).toBe(true)
})

test('a long-lived signal of a caller keeps nothing of the calls made with it', async () => {
  const time = new ManualTime()
  const caller = new AbortController()
  let listeners = 0
  const { signal } = caller
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...given: Parameters<typeof add>) => {
    listeners++
    add(...given)
  }
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    listeners--
    remove(...given)
  }
  const call = compose<{ signal: AbortSignal }, string>(
    async () => 'ok',
    timeouts({ limitsOf: () => ({ totalMs: 5, firstByteMs: 2 }), clock: time, timer: time.timer }),
  )
  for (let round = 0; round < 100; round++) await call({ signal })
  expect(listeners).toBe(0)
})
