import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StrataError } from '../errors/index.ts'
import { compose } from './layer.ts'
import { readAll, settled } from './manual-time.ts'
import { SingleFlight, type SingleFlightStreams, singleFlight } from './single-flight.ts'

type Answer = string | AsyncIterable<string>

const streams = (bufferBytes = 1_000, totalBytes = 10_000): SingleFlightStreams<Answer, string> => ({
  events: (answer) => (typeof answer === 'string' ? undefined : answer),
  replace: (_, events) => events,
  sizeOf: (event) => event.length,
  bufferBytes,
  totalBytes,
})

interface Request {
  readonly signal: AbortSignal
  readonly key?: string
}

/** A layer over an operation that counts. */
function setUp(operation: (signal: AbortSignal) => Promise<Answer>, given = streams()) {
  const flights = new SingleFlight<Answer, string>(given)
  const counts = { calls: 0, joined: 0 }
  const call = compose<Request, Answer>(
    ({ signal }) => {
      counts.calls++
      return operation(signal)
    },
    singleFlight({
      flights,
      keyOf: ({ key }) => key,
      onJoined: () => {
        counts.joined++
      },
    }),
  )
  const ask = (signal = new AbortController().signal, key = 'same') => call({ signal, key })
  return { flights, counts, call, ask }
}

/** A source whose events are given by hand. */
function handFed() {
  const asked: PromiseWithResolvers<IteratorResult<string, undefined>>[] = []
  const counts = { asked: 0, returned: 0 }
  const source: AsyncIterableIterator<string, undefined> = {
    [Symbol.asyncIterator]: () => source,
    next: () => {
      counts.asked++
      const read = Promise.withResolvers<IteratorResult<string, undefined>>()
      asked.push(read)
      return read.promise
    },
    return: () => {
      counts.returned++
      return Promise.resolve({ done: true, value: undefined })
    },
  }
  const give = async (value: string) => {
    asked.shift()!.resolve({ done: false, value })
    await settled()
  }
  return {
    source,
    counts,
    give,
    end: () => asked.shift()!.resolve({ done: true, value: undefined }),
    fail: (error: unknown) => asked.shift()!.reject(error),
  }
}

const iterate = async (answer: Promise<Answer>) =>
  ((await answer) as AsyncIterable<string>)[Symbol.asyncIterator]()

async function* words(...all: string[]) {
  for (const word of all) yield word
}

describe('plain results', () => {
  test('500 equal calls at the same time are one', async () => {
    const inner = Promise.withResolvers<Answer>()
    const { flights, counts, ask } = setUp(() => inner.promise)
    const all = Array.from({ length: 500 }, () => ask())
    expect(counts).toEqual({ calls: 1, joined: 499 })
    inner.resolve('answer')
    expect(new Set(await Promise.all(all))).toEqual(new Set(['answer']))
    expect(flights.size).toBe(0)
  })

  test('different calls, and those without a key, are made each', async () => {
    const { counts, call, ask } = setUp(async () => 'answer')
    const { signal } = new AbortController()
    await Promise.all([ask(signal, 'a'), ask(signal, 'b'), call({ signal }), call({ signal })])
    expect(counts).toEqual({ calls: 4, joined: 0 })
  })

  test('nothing is kept after the end', async () => {
    const { counts, ask } = setUp(async () => 'answer')
    await ask()
    await ask()
    expect(counts.calls).toBe(2)
  })

  test('an error goes to all, and is not kept', async () => {
    const inner = Promise.withResolvers<Answer>()
    const { counts, ask } = setUp(() => inner.promise)
    const all = [ask(), ask(), ask()]
    const failure = new Error('broken')
    inner.reject(failure)
    expect((await Promise.allSettled(all)).map((end) => end.status === 'rejected' && end.reason)).toEqual([
      failure,
      failure,
      failure,
    ])
    ask().catch(() => {})
    expect(counts.calls).toBe(2)
  })

  test('what a call throws at once is a rejection, and is not kept', async () => {
    const { flights, ask } = setUp(() => {
      throw new RangeError('at once')
    })
    await expect(ask()).rejects.toThrow('at once')
    expect(flights.size).toBe(0)
  })

  test('who aborts only leaves; when all have, so does the call', async () => {
    const inner = Promise.withResolvers<Answer>()
    let passedOn: AbortSignal | undefined
    const { flights, counts, ask } = setUp((signal) => {
      passedOn = signal
      return inner.promise
    })
    const callers = [new AbortController(), new AbortController()]
    const [first, second] = callers.map(({ signal }) => ask(signal))
    callers[0]!.abort('first')
    await expect(first).rejects.toBe('first')
    expect(passedOn!.aborted).toBe(false)
    callers[1]!.abort('second')
    await expect(second).rejects.toBe('second')
    expect(passedOn!.reason).toBe('second')
    expect(flights.size).toBe(0)
    ask().catch(() => {})
    expect(counts.calls).toBe(2)
    await expect(ask(AbortSignal.abort('before'))).rejects.toBe('before')
  })

  test('the deadline of whoever came first does not bind the others', async () => {
    let passedOn: number | undefined = 1
    const call = compose<{ signal: AbortSignal; deadlineMs?: number | undefined }, Answer>(
      async ({ deadlineMs }) => {
        passedOn = deadlineMs
        return ''
      },
      singleFlight({ flights: new SingleFlight<Answer>(), keyOf: () => '' }),
    )
    await call({ signal: new AbortController().signal, deadlineMs: 5 })
    expect(passedOn).toBeUndefined()
  })
})

describe('streams', () => {
  test('500 equal calls at the same time are one, and each gets every event', async () => {
    const { counts, ask, flights } = setUp(async () => words('a', 'b', 'c'))
    const all = Array.from({ length: 500 }, async () => readAll((await ask()) as AsyncIterable<string>))
    for (const events of await Promise.all(all)) expect(events).toEqual(['a', 'b', 'c'])
    expect(counts).toEqual({ calls: 1, joined: 499 })
    expect(flights.size).toBe(0)
  })

  test('who joins in the middle gets all events from the first on', async () => {
    const { source, give, end } = handFed()
    const { counts, ask } = setUp(async () => source)
    const first = await iterate(ask())
    const reads = [first.next(), first.next()]
    await give('a')
    await give('b')
    await Promise.all(reads)
    const second = await iterate(ask())
    expect(counts).toEqual({ calls: 1, joined: 1 })
    expect([(await second.next()).value, (await second.next()).value]).toEqual(['a', 'b'])
    const last = [first.next(), second.next()]
    end()
    expect((await Promise.all(last)).map(({ done }) => done)).toEqual([true, true])
  })

  test('the source is read once for all, and only when a reader wants more', async () => {
    const { source, counts, give } = handFed()
    const { ask } = setUp(async () => source)
    const readers = await Promise.all([iterate(ask()), iterate(ask())])
    await settled()
    expect(counts.asked).toBe(0)
    const reads = readers.map((reader) => reader.next())
    expect(counts.asked).toBe(1)
    await give('a')
    expect((await Promise.all(reads)).map(({ value }) => value)).toEqual(['a', 'a'])
    expect(counts.asked).toBe(1)
  })

  test('nobody joins once more has come than is kept, or once all streams keep too much', async () => {
    for (const given of [streams(3, 10_000), streams(1_000, 3)]) {
      const { source, give } = handFed()
      const { counts, flights, ask } = setUp(async () => source, given)
      const reader = await iterate(ask())
      const reads = [reader.next(), reader.next()]
      await give('aa')
      expect(flights.size).toBe(1)
      await give('bb')
      expect((await Promise.all(reads)).map(({ value }) => value)).toEqual(['aa', 'bb'])
      expect(flights.size).toBe(0)
      await ask()
      expect(counts).toEqual({ calls: 2, joined: 0 })
    }
  })

  test('what streams keep for those who may join is given back at their end', async () => {
    const { counts, ask } = setUp(async () => words('aaaa', 'bbbb'), streams(1_000, 8))
    for (let round = 1; round <= 3; round++) {
      const first = await iterate(ask())
      expect((await first.next()).value).toBe('aaaa')
      const second = await ask()
      expect(counts).toEqual({ calls: round, joined: round })
      expect(await readAll(second as AsyncIterable<string>)).toEqual(['aaaa', 'bbbb'])
      if (round === 1) await first.return!()
      else await readAll({ [Symbol.asyncIterator]: () => first })
    }
  })

  test('a long-lived signal of a caller keeps nothing of what was asked with it', async () => {
    const { signal } = new AbortController()
    let listeners = 0
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
    const { ask } = setUp(async () => words('a', 'b'))
    await readAll((await ask(signal)) as AsyncIterable<string>)
    const left = await iterate(ask(signal))
    await left.return!()
    expect(listeners).toBe(0)
  })

  test('a reader too far behind is cut, and the others go on', async () => {
    const { source, give, end } = handFed()
    const { ask } = setUp(async () => source, streams(4))
    const [fast, slow] = await Promise.all([iterate(ask()), iterate(ask())])
    for (const event of ['aa', 'bb', 'cc', 'dd']) {
      const read = fast.next()
      await give(event)
      expect((await read).value).toBe(event)
    }
    await expect(slow.next()).rejects.toThrow('Read too slowly: 6 bytes behind others')
    await expect(slow.next()).rejects.toBeInstanceOf(StrataError)
    const last = fast.next()
    end()
    expect((await last).done).toBe(true)
  })

  test('a reader that has read all is not behind, however large the next event', async () => {
    const { source, give } = handFed()
    const { ask } = setUp(async () => source, streams(4))
    const [first, second] = await Promise.all([iterate(ask()), iterate(ask())])
    const read = first.next()
    await give('a very large event')
    expect((await read).value).toBe('a very large event')
    expect((await second.next()).value).toBe('a very large event')
  })

  test('who leaves or aborts does not end it for others; when all have, the source is ended', async () => {
    const { source, counts, give } = handFed()
    let passedOn: AbortSignal | undefined
    const { flights, ask } = setUp(async (signal) => {
      passedOn = signal
      return source
    })
    const caller = new AbortController()
    const [aborting, leaving, last] = await Promise.all([
      iterate(ask(caller.signal)),
      iterate(ask()),
      iterate(ask()),
    ])
    const read = aborting.next()
    const other = last.next()
    caller.abort('gone')
    await expect(read).rejects.toBe('gone')
    await leaving.return!()
    expect(await leaving.next()).toEqual({ done: true, value: undefined })
    await give('a')
    expect((await other).value).toBe('a')
    expect([counts.returned, passedOn!.aborted]).toEqual([0, false])
    await last.return!()
    expect([counts.returned, passedOn!.aborted, flights.size]).toEqual([1, true, 0])
  })

  test('one that begins when all have left is ended', async () => {
    const { source, counts } = handFed()
    const inner = Promise.withResolvers<Answer>()
    const { ask } = setUp(() => inner.promise)
    const caller = new AbortController()
    const only = ask(caller.signal)
    caller.abort('gone')
    await expect(only).rejects.toBe('gone')
    inner.resolve(source)
    await settled()
    expect(counts.returned).toBe(1)
  })

  test('one that breaks off does so for all, after what came before', async () => {
    const { source, give, fail } = handFed()
    const { ask, flights } = setUp(async () => source)
    const [first, second] = await Promise.all([iterate(ask()), iterate(ask())])
    const read = first.next()
    await give('a')
    await read
    const broken = first.next()
    broken.catch(() => {})
    const failure = new Error('broke off')
    fail(failure)
    await expect(broken).rejects.toBe(failure)
    expect((await second.next()).value).toBe('a')
    await expect(second.next()).rejects.toBe(failure)
    await expect(second.next()).rejects.toBe(failure)
    expect(flights.size).toBe(0)
  })

  test('readers at any pace, who come and go at any time, all read the same', async () => {
    const step = fc.record({
      does: fc.constantFrom('join', 'read', 'read', 'give', 'give', 'leave'),
      which: fc.nat(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
        const { source, counts, give, end } = handFed()
        const { ask, counts: calls } = setUp(async () => source, streams(1e6, 1e6))
        const readers: { events: AsyncIterator<string>; got: Promise<IteratorResult<string>>[] }[] = []
        const given: string[] = []
        const open = async () => readers.push({ events: await iterate(ask()), got: [] })
        // One stays to the end, so that there is one call only.
        await open()
        for (const { does, which } of steps) {
          if (does === 'join') await open()
          const reader = readers[which % readers.length]!
          if (does === 'read') reader.got.push(reader.events.next())
          if (does === 'leave' && which % readers.length > 0) void reader.events.return!()
          await settled()
          if (does === 'give' && counts.asked > given.length) {
            given.push(`event ${given.length}`)
            await give(given.at(-1)!)
          }
        }
        const rest = readers[0]!
        for (let more = rest.got.length; more <= given.length; more++) rest.got.push(rest.events.next())
        while (counts.asked > given.length) {
          end()
          await settled()
          break
        }
        for (const { got } of readers) {
          const values = (await Promise.all(got)).filter(({ done }) => !done).map(({ value }) => value)
          expect(values).toEqual(given.slice(0, values.length))
        }
        expect(calls.calls).toBe(1)
      }),
      { numRuns: 60 },
    )
  })
})
