import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AsyncEncoder, Encoder } from '../contracts/index.ts'
import { seededRandom } from '../util/random.ts'
import type { Asking } from './asker.ts'
import { Cascade } from './cascade.ts'
import { fitJoinOnHeldOut, join, type Opinion, refineJoin } from './cascade-join.ts'
import { Router } from './router.ts'

const ROUTES = ['r0', 'r1', 'r2', 'r3'] as const
const FAST = 16
const SLOW = 32

/**
 * The route of a text is its number modulo four, which no word tells: the faster encoder sees it through much noise, the
 * slower one through little. A text without a number belongs nowhere.
 */
function vector(text: string, dimensions: number, noise: number): Float32Array {
  const number = Number(/\d+/.exec(text)?.[0] ?? Number.NaN)
  const random = seededRandom((Number.isNaN(number) ? text.length : number) * 31 + dimensions)
  const values = Float64Array.from({ length: dimensions }, () => (random() - 0.5) * noise)
  if (!Number.isNaN(number)) values[number % 4] = values[number % 4]! + 1
  const length = Math.hypot(...values)
  return Float32Array.from(values, (x) => x / length)
}

const fast: Encoder = {
  name: 'quick',
  dimensions: FAST,
  fingerprint: 'quick-1',
  encode(text, into = new Float32Array(FAST)) {
    into.set(vector(text, FAST, 1.6))
    return into
  },
}
const slow: AsyncEncoder = {
  name: 'careful',
  dimensions: SLOW,
  fingerprint: 'careful-1',
  encodeMany: async (texts) => texts.map((text) => vector(text, SLOW, 0.5)),
}

const noun = (number: number) =>
  String.fromCharCode(97 + (number % 26), 97 + ((number >> 2) % 26), 97 + ((number * 7) % 26), 122)
const texts = (from: number, count: number) =>
  Array.from({ length: count * 4 }, (_, i) => ({
    text: `${from + i} ${noun(from + i)}`,
    route: ROUTES[(from + i) % 4] as string,
  }))
const examples = texts(0, 12)
const routeSet = {
  routes: ROUTES.map((name) => ({
    name,
    examples: examples.filter(({ route }) => route === name).map(({ text }) => text),
  })),
}
const queries = texts(1000, 40)

describe('a cascade', () => {
  it('asks for about the share of queries that it was told to, and gains by it', async () => {
    const cascade = await Cascade.compile(routeSet, { fast, slow, ask: { share: 0.4 } })
    const { cascade: figures } = await cascade.evaluateAsync(queries)
    expect(figures.askedInScope).toBeGreaterThan(0.15)
    expect(figures.askedInScope).toBeLessThan(0.75)
    expect(figures.accuracyOfBoth).toBeGreaterThan((figures.accuracyOfFast as number) + 0.1)
    expect(figures.unanswered).toBe(0)
  })

  it('says which encoder had the last word, and asks before it answers no match', async () => {
    const cascade = await Cascade.compile(routeSet, { fast, slow, ask: { below: 0 } })
    const decisions = await cascade.routeManyAsync([
      ...queries.slice(0, 40).map(({ text }) => text),
      'zebra qqqq',
      'walnut wwww',
    ])
    for (const { route, encoder, asked, confidence, candidates } of decisions) {
      expect(encoder).toBe(asked === 'answered' ? 'careful' : 'quick')
      if (route === null) expect(asked).toBe('answered')
      expect(confidence).toBe(candidates[0]?.confidence)
    }
    const { counts } = cascade
    expect(counts.sure + counts.answered).toBe(42)
  })

  it('asks the faster router once where it is sure, and once more for the many candidates of a join', async () => {
    const compiled = await Cascade.compile(routeSet, { fast, slow, ask: { share: 0.5 } })
    let decided = 0
    let isAway = false
    const counting: Encoder = {
      ...fast,
      encode(text, into) {
        decided++
        return fast.encode(text, into)
      },
    }
    const cascade = Cascade.load(compiled.save(), {
      fast: counting,
      slow: {
        ...slow,
        encodeMany: (list) => (isAway ? Promise.reject(new Error('away')) : slow.encodeMany(list)),
      },
    })
    const expected = { sure: 1, answered: 2, failed: 1 }
    for (const { text } of queries) {
      for (const away of [false, true]) {
        decided = 0
        isAway = away
        const answer = cascade.route(text)
        const { asked } = await answer
        expect(answer instanceof Promise).toBe(asked !== undefined)
        expect(decided).toBe(expected[(asked as 'answered' | 'failed' | undefined) ?? 'sure'])
      }
    }
    const { counts } = cascade
    expect(Math.min(counts.sure, counts.answered, counts.failed)).toBeGreaterThan(0)
  })

  it('keeps to the call, the route and the set in what confidence is needed, and to rules', async () => {
    const routes = routeSet.routes.map((route, place) => ({
      ...route,
      ...(place === 0 ? { threshold: 0.99 } : {}),
      ...(place === 1
        ? { rules: [{ when: { phrase: 'please force' }, then: 'force' as const }] }
        : { metadata: { place } }),
    }))
    const cascade = await Cascade.compile({ routes }, { fast, slow, ask: { share: 1 } })
    const text = queries[0]!.text
    expect((await cascade.routeAsync(text)).threshold).toBe(0.99)
    const low = await cascade.routeAsync(text, { threshold: 0.01 })
    expect(low).toMatchObject({ threshold: 0.01, reason: 'match', metadata: expect.anything() })
    const forced = await cascade.routeAsync('1003 please force')
    expect(forced).toMatchObject({ route: 'r1', reason: 'rule', encoder: 'quick' })
    expect(forced.asked).toBeUndefined()
    const without = await cascade.routeAsync(text, { exclude: ['r0'] })
    expect(without.candidates.map(({ route }) => route)).not.toContain('r0')
    expect(without.confidence).toBeLessThan(0.5)
  })

  it('explains a joint decision by the joint figures', async () => {
    const cascade = await Cascade.compile(routeSet, { fast, slow, ask: { share: 1 } })
    const decision = await cascade.routeAsync(queries[3]!.text, { explain: true, topK: 1 })
    expect(decision.candidates).toHaveLength(1)
    expect(decision.explanation?.nearest.length).toBeGreaterThan(0)
    expect(decision.explanation?.flip).toEqual({ threshold: decision.confidence })
    expect(decision.explanation?.summary).toContain(decision.route ?? 'No match')
  })

  it('decides alone when the slower encoder fails or takes too long, and counts it', async () => {
    const told: Asking[] = []
    let behaviour: 'fails' | 'hangs' = 'fails'
    let isFitted = false
    const limit = new AbortController()
    const moody: AsyncEncoder = {
      ...slow,
      encodeMany(list) {
        if (!isFitted) return slow.encodeMany(list)
        if (behaviour === 'fails') return Promise.reject(new Error('away'))
        limit.abort()
        return new Promise(() => {})
      },
    }
    const cascade = await Cascade.compile(routeSet, {
      fast,
      slow: moody,
      ask: { share: 1 },
      limit: () => limit.signal,
      onAsk: (asking) => told.push(asking),
    })
    isFitted = true
    const text = queries[0]!.text
    const alone = cascade.fast.route(text)
    expect(await cascade.routeAsync(text)).toMatchObject({
      asked: 'failed',
      encoder: 'quick',
      route: alone.route,
      confidence: alone.confidence,
    })
    behaviour = 'hangs'
    expect(await cascade.routeAsync(text)).toMatchObject({ asked: 'timed-out', encoder: 'quick' })
    expect(cascade.counts).toEqual({ sure: 0, answered: 0, timedOut: 1, failed: 1 })
    expect(told.map(({ outcome }) => outcome)).toEqual(['failed', 'timed-out'])
    const caller = AbortSignal.abort()
    await expect(cascade.routeAsync(text, { signal: caller })).rejects.toMatchObject({ code: 'aborted' })
  })

  it('is the same after it was saved and loaded; a changed file is refused', async () => {
    const cascade = await Cascade.compile(routeSet, { fast, slow })
    const bytes = cascade.save()
    const again = Cascade.load(bytes, { fast, slow })
    expect(again.snapshot).toBe(cascade.snapshot)
    for (const { text } of queries.slice(0, 20)) {
      const [a, b] = [await cascade.routeAsync(text), await again.routeAsync(text)]
      expect({ ...a, latencyUs: 0 }).toEqual({ ...b, latencyUs: 0 })
    }
    const header = new TextDecoder('latin1').decode(bytes).indexOf('askBelow')
    const changed = bytes.slice()
    changed[header + 12] = changed[header + 12] === 49 ? 50 : 49
    expect(() => Cascade.load(changed, { fast, slow })).toThrow(/damaged or changed/)
    expect(() => Cascade.load(bytes, { fast, slow: { ...slow, fingerprint: 'other' } })).toThrow(
      /made with the encoder careful/,
    )
  })

  it('takes edits and labelled data; an edit that cannot be encoded leaves both routers as they were', async () => {
    let isAway = false
    const cascade = await Cascade.compile(routeSet, {
      fast,
      slow: {
        ...slow,
        encodeMany: (list) => (isAway ? Promise.reject(new Error('away')) : slow.encodeMany(list)),
      },
    })
    const before = cascade.snapshot
    await cascade.addAsync({ name: 'music', examples: ['play a song', 'louder'] })
    expect(cascade.snapshot).not.toBe(before)
    await cascade.removeAsync('music')
    isAway = true
    await expect(cascade.addAsync({ name: 'music', examples: ['play a tune'] })).rejects.toThrow('away')
    expect(cascade.routeSet.routes).toHaveLength(4)
    isAway = false
    const strays = Array.from({ length: 30 }, (_, i) => ({
      text: `zebra ${noun(i)} ${noun(i * 3)}`,
      route: null,
    }))
    const report = await cascade.fitAsync({ data: [...queries, ...strays] })
    expect(report.join).not.toEqual((await Cascade.compile(routeSet, { fast, slow })).report.join)
    const { oosRecall, inScopeRejected } = await cascade.evaluateAsync([...queries, ...strays])
    expect(oosRecall).toBeGreaterThan(inScopeRejected as number)
  })

  it('decides alone by the new routes when they are edited while the slower encoder is asked', async () => {
    const compiled = await Cascade.compile(routeSet, { fast, slow, ask: { share: 1 } })
    let release = (): void => {}
    const slowly: AsyncEncoder = {
      ...slow,
      encodeMany: (list) =>
        new Promise((resolve) => {
          release = () => resolve(slow.encodeMany(list))
        }),
    }
    const text = queries[0]!.text
    const told: Asking[] = []
    const around = Cascade.around(Router.load(compiled.fast.save(), fast), compiled.save(), {
      fast,
      slow: slowly,
      onAsk: (asking) => told.push(asking),
    })
    const before = around.fast.snapshot
    const unchanged = around.routeAsync(text)
    release()
    expect(await unchanged).toMatchObject({ route: 'r0', asked: 'answered', snapshot: before })
    const decided = around.routeAsync('1004 again')
    around.fast.remove('r0')
    release()
    const decision = await decided
    expect(decision).toMatchObject({ asked: 'failed', encoder: 'quick', snapshot: around.fast.snapshot })
    expect(decision.snapshot).not.toBe(before)
    expect(decision.candidates).toEqual(around.fast.route('1004 again').candidates)
    expect(decision.threshold).toBe(around.fast.route('1004 again').threshold)
    expect(told.map(({ outcome }) => outcome)).toEqual(['answered', 'failed'])
    expect(told[1]?.error).toMatchObject({ message: expect.stringContaining('edited') })
  })

  it('never mixes what it was with what an edit of its own makes of it', async () => {
    let release = (): void => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const cascade = await Cascade.compile(routeSet, {
      fast,
      slow: {
        ...slow,
        async encodeMany(list) {
          if (list[0]?.startsWith('1000')) await released
          return slow.encodeMany(list)
        },
      },
      ask: { share: 1 },
    })
    const decided = cascade.routeAsync(queries[0]!.text)
    await cascade.removeAsync('r0')
    release()
    const decision = await decided
    expect(decision).toMatchObject({ asked: 'failed', snapshot: cascade.snapshot })
    expect(decision.candidates.map(({ route }) => route)).not.toContain('r0')
  })

  it('refuses shares that are none, and a promise that it cannot keep', async () => {
    await expect(Cascade.compile(routeSet, { fast, slow, ask: { share: 0 } })).rejects.toThrow(/share/)
    await expect(Cascade.compile(routeSet, { fast, slow, ask: { below: 2 } })).rejects.toThrow(/below/)
    const cascade = await Cascade.compile(routeSet, { fast, slow })
    await expect(cascade.fitAsync({ data: queries, maxErrorRate: 0.02 })).rejects.toThrow(/maxErrorRate/)
  })
})

const opinion = fc
  .tuple(
    fc.array(fc.double({ min: -8, max: 0, noNaN: true }), { minLength: 4, maxLength: 4 }),
    fc.double({ min: -6, max: 6, noNaN: true }),
  )
  .map(([routes, belongs]): Opinion => ({ routes, belongs }))

const fitHeld = (pairs: readonly { fast: Opinion; slow: Opinion }[], labels: readonly number[]) => {
  const held = (side: 'fast' | 'slow') =>
    pairs.map((pair, row) => ({ ...pair[side], row, label: labels[row] as number }))
  return fitJoinOnHeldOut(held('fast'), held('slow'))
}

describe('the join of two opinions', () => {
  it('is a probability distribution, whatever the opinions', () => {
    const rows = fc.array(fc.record({ fast: opinion, slow: opinion }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.integer({ min: -1, max: 3 })), (pairs, stream) => {
        const labels = pairs.map(() => stream.next().value as number)
        const weights = refineJoin(
          fitHeld(
            pairs,
            labels.map((k) => Math.max(0, k)),
          ),
          pairs,
          labels,
          2,
        )
        for (const pair of pairs) {
          const { routes, belongs } = join(pair, weights)
          const total = Array.from(routes, (log) => Math.exp(log)).reduce((sum, p) => sum + p, 0)
          expect(total).toBeCloseTo(1, 9)
          expect(Number.isFinite(belongs)).toBe(true)
        }
      }),
    )
  })

  it('trusts the router that is right more often', () => {
    const random = seededRandom(5)
    const labels = Array.from({ length: 600 }, () => Math.floor(random() * 4))
    const guess = (right: number, accuracy: number) => {
      const named = random() < accuracy ? right : Math.floor(random() * 4)
      return { routes: [0, 1, 2, 3].map((k) => Math.log(k === named ? 0.7 : 0.1)), belongs: 2 }
    }
    const pairs = labels.map((right) => ({ fast: guess(right, 0.3), slow: guess(right, 0.8) }))
    const weights = fitHeld(pairs, labels)
    expect(weights.routes.slow).toBeGreaterThan(2 * weights.routes.fast)
    // The fit of a large set holds out other examples, in another order: only those that both held out count.
    const held = (side: 'fast' | 'slow') =>
      pairs.map((pair, row) => ({ ...pair[side], row, label: labels[row] as number }))
    const stray = { ...pairs[0]!.fast, row: 10_000, label: 3 }
    expect(fitJoinOnHeldOut([stray, ...held('fast')], held('slow').reverse())).toEqual(weights)
  })
})
