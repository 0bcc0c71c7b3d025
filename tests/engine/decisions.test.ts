import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRouter, isStrataError, parseRouteSet, Router } from '../../src/index.ts'
import { anyMessage, anyRouteSet, clincRouteSet, clincRows, encoder, withoutLatency } from './route-sets.ts'

const codeOf = (run: () => unknown): string => {
  try {
    run()
    return 'nothing thrown'
  } catch (error) {
    return isStrataError(error) ? error.code : String(error)
  }
}

const desk = Router.compile(
  parseRouteSet({
    routes: [
      {
        name: 'refund',
        examples: ['I want my money back', 'refund my order'],
        tags: ['money'],
        metadata: { team: 7 },
      },
      { name: 'invoice', examples: ['send me the invoice', 'where is my bill'], tags: ['money'] },
      { name: 'alarm', examples: ['wake me at seven', 'set an alarm'], threshold: 0.8 },
      { name: 'music', examples: ['play some jazz', 'skip this song'] },
    ],
    defaults: { threshold: 0.6 },
  }),
  encoder,
)

describe('any decision', () => {
  it('has a confidence inside (0, 1), candidates in order that share at most 1, and a reason that fits', () => {
    fc.assert(
      fc.property(
        anyRouteSet(),
        fc.array(anyMessage, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 100 }),
        (routeSet, messages, topK) => {
          const router = Router.compile(routeSet, encoder)
          for (const message of messages) {
            const decision = router.route(message, { topK })
            const { candidates, confidence, threshold, route, reason } = decision
            expect(candidates).toHaveLength(Math.min(topK, routeSet.routes.length))
            expect(router.route(message, { topK: 1 }).reason).toBe(decision.reason)
            expect(confidence).toBe(candidates[0]!.confidence)
            for (const [place, candidate] of candidates.entries()) {
              expect(candidate.confidence).toBeGreaterThan(0)
              expect(candidate.confidence).toBeLessThan(1)
              const next = candidates[place + 1]
              if (!next) continue
              expect(candidate.confidence).toBeGreaterThanOrEqual(next.confidence)
              expect(candidate.score).toBeGreaterThanOrEqual(next.score)
              if (candidate.score === next.score) expect(candidate.route < next.route).toBe(true)
            }
            // Each is held above 1e-6, which may add up to as much as there are candidates.
            const sum = candidates.reduce((total, candidate) => total + candidate.confidence, 0)
            expect(sum).toBeLessThanOrEqual(1 + candidates.length * 1e-6)
            expect(route).toBe(confidence >= threshold ? candidates[0]!.route : null)
            expect(reason === 'match').toBe(route !== null)
            expect(reason === 'out-of-scope').toBe(route === null && decision.outOfScope > 0.5)
            expect(confidence).toBeLessThanOrEqual(1 - decision.outOfScope + 1e-6)
            const best = routeSet.routes.find(({ name }) => name === candidates[0]!.route)!
            expect(threshold).toBe(best.threshold ?? 0.5)
            expect(decision.snapshot).toBe(router.snapshot)
            expect(decision.metadata).toStrictEqual({})
          }
        },
      ),
      { numRuns: 25 },
    )
  })

  it('is the same alone, in a batch, after any other and with more candidates asked for', () => {
    fc.assert(
      fc.property(
        anyRouteSet(),
        fc.array(anyMessage, { minLength: 2, maxLength: 8 }),
        (routeSet, messages) => {
          const router = Router.compile(routeSet, encoder)
          const alone = messages.map((message) => withoutLatency(router.route(message)))
          expect(router.routeMany(messages).map(withoutLatency)).toStrictEqual(alone)
          const backwards = [...messages].reverse().map((message) => withoutLatency(router.route(message)))
          expect(backwards.reverse()).toStrictEqual(alone)
          for (const [place, message] of messages.entries()) {
            const { candidates, ...rest } = withoutLatency(router.route(message, { topK: 50 }))
            const { candidates: few, ...same } = alone[place]!
            expect(rest).toStrictEqual(same)
            expect(candidates.slice(0, few.length)).toStrictEqual(few)
          }
        },
      ),
      { numRuns: 20 },
    )
  })

  it('is what routeAsync resolves to, unless it was aborted', async () => {
    expect(withoutLatency(await desk.routeAsync('play a song'))).toStrictEqual(
      withoutLatency(desk.route('play a song')),
    )
    await expect(desk.routeAsync('play a song', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    })
  })

  it('hardly depends on the order of the routes in the file', () => {
    const routeSet = clincRouteSet(12, 6)
    const names = new Set(routeSet.routes.map(({ name }) => name))
    const messages = clincRows('test').filter(({ route }) => names.has(route!))
    const router = Router.compile(routeSet, encoder)
    const reversed = Router.compile({ ...routeSet, routes: [...routeSet.routes].reverse() }, encoder)
    let different = 0
    for (const { text } of messages) {
      const [a, b] = [router.route(text), reversed.route(text)]
      if (a.candidates[0]!.route !== b.candidates[0]!.route) different++
      expect(Math.abs(a.confidence - b.confidence)).toBeLessThan(0.1)
    }
    expect(messages.length).toBeGreaterThan(300)
    expect(different).toBeLessThanOrEqual(messages.length / 100)
  })
})

describe('thresholds', () => {
  it('bind in the order call, route, set', () => {
    expect(desk.route('set an alarm').threshold).toBe(0.8)
    expect(desk.route('play some jazz').threshold).toBe(0.6)
    expect(desk.route('set an alarm', { threshold: 0.25 }).threshold).toBe(0.25)
    expect(Router.compile({ routes: [{ name: 'a1', examples: ['x'] }] }, encoder).route('x').threshold).toBe(
      0.5,
    )
  })

  it('of 0 answer everything and of 1 refuse everything', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const lax = desk.route(message, { threshold: 0 })
        expect(lax.route).toBe(lax.candidates[0]!.route)
        const strict = desk.route(message, { threshold: 1 })
        expect(strict.route).toBeNull()
        expect(strict.candidates).toStrictEqual(lax.candidates)
        expect(strict.metadata).toStrictEqual({})
      }),
      { numRuns: 60 },
    )
  })

  it('turn a decision exactly at its confidence', () => {
    const { confidence } = desk.route('my alarm')
    expect(desk.route('my alarm', { threshold: confidence }).route).toBe('alarm')
    expect(desk.route('my alarm', { threshold: confidence + 1e-12 }).route).toBeNull()
  })

  it('of 1 in a route leave it to its rules', () => {
    const router = Router.compile(
      parseRouteSet([{ name: 'strict', examples: ['pay now'], threshold: 1, patterns: ['chargeback'] }]),
      encoder,
    )
    expect(router.route('pay now').route).toBeNull()
    expect(router.route('a chargeback').route).toBe('strict')
    expect(router.route('a chargeback', { threshold: 1 }).reason).toBe('rule')
  })
})

describe('include and exclude', () => {
  it('leave the named routes and those with a named tag', () => {
    const names = (options: object) =>
      desk
        .route('where is my money', { topK: 10, ...options })
        .candidates.map(({ route }) => route)
        .sort()
    expect(names({ include: ['money'] })).toStrictEqual(['invoice', 'refund'])
    expect(names({ include: ['money', 'music'], exclude: ['refund'] })).toStrictEqual(['invoice', 'music'])
    expect(names({ exclude: ['money'] })).toStrictEqual(['alarm', 'music'])
    expect(names({ include: [] })).toStrictEqual([])
    expect(desk.route('set an alarm', { include: [] })).toMatchObject({ route: null, candidates: [] })
  })

  it('never let another route answer', () => {
    fc.assert(
      fc.property(anyMessage, fc.subarray(['refund', 'invoice', 'alarm', 'music']), (message, include) => {
        const decision = desk.route(message, { include, threshold: 0, topK: 10, explain: true })
        expect(decision.candidates.map(({ route }) => route).sort()).toStrictEqual([...include].sort())
        expect(decision.route === null).toBe(include.length === 0)
      }),
      { numRuns: 40 },
    )
  })

  it('keep threshold and metadata those of the route that is best among the rest, however low it ranks', () => {
    const routes = Array.from({ length: 12 }, (_, place) => ({
      name: `route-${String.fromCharCode(108 - place)}`,
      examples: [`${'abcdefghijkl'[place]} example`],
      threshold: place / 100,
      metadata: { place },
    }))
    const router = Router.compile({ routes }, encoder)
    const ranked = router.route('', { topK: 100 }).candidates.map(({ route }) => route)
    // Nothing is known of the empty text, so that all score alike and the name decides.
    expect(ranked).toStrictEqual([...ranked].sort())
    for (let closed = 1; closed < ranked.length; closed++) {
      const decision = router.route('', { exclude: ranked.slice(0, closed), threshold: 0, topK: 2 })
      const expected = routes.find(({ name }) => name === ranked[closed])!
      expect(decision.route).toBe(expected.name)
      expect(decision.metadata).toStrictEqual(expected.metadata)
      expect(router.route('', { exclude: ranked.slice(0, closed) }).threshold).toBe(expected.threshold)
    }
  })

  it('refuse names that are neither', () => {
    expect(codeOf(() => desk.route('x', { include: ['refnd'] }))).toBe('invalid_request')
    expect(codeOf(() => desk.route('x', { exclude: ['__proto__'] }))).toBe('invalid_request')
  })
})

describe('a query that makes no sense', () => {
  it('is refused as invalid_request', () => {
    for (const text of [undefined, null, 7, {}, ['x']]) {
      expect(codeOf(() => desk.route(text as unknown as string))).toBe('invalid_request')
    }
    for (const topK of [0, 101, 1.5, Number.NaN, '3']) {
      expect(codeOf(() => desk.route('x', { topK: topK as number }))).toBe('invalid_request')
    }
    for (const threshold of [-0.1, 1.1, Number.NaN]) {
      expect(codeOf(() => desk.route('x', { threshold }))).toBe('invalid_request')
    }
  })
})

describe('a text without any known word', () => {
  const own = Router.compile(
    parseRouteSet({
      routes: [
        {
          name: 'devices',
          examples: ['the ZX-81 does not start', 'qwrtzl 4711 is broken', 'ask for a new answer'],
          keywords: ['blorptastic'],
        },
        { name: 'billing', examples: ['where is my invoice', 'I was charged twice'], patterns: ['zzzz'] },
      ],
    }),
    encoder,
  )

  it.each([
    'asdf qwer',
    'qqq xkcd',
    'xzzzx',
    '!!!',
    '…',
    '123456',
    '👍',
    'где мой заказ',
    '我的订单',
    'أين طلبي',
  ])('is out of scope in a small set: %s', (text) => {
    for (const router of [own, desk]) {
      const { route, reason, confidence, outOfScope } = router.route(text)
      expect({ route, reason }).toEqual({ route: null, reason: 'out-of-scope' })
      expect(confidence).toBeLessThan(1e-5)
      expect(outOfScope).toBeGreaterThan(0.999)
    }
  })

  it('is as the empty text is', () => {
    const { route, reason, outOfScope } = own.route('')
    expect({ route, reason }).toEqual({ route: null, reason: 'out-of-scope' })
    expect(own.route('asdf qwer').outOfScope).toBe(outOfScope)
  })

  it('still goes where a rule forces it', () => {
    expect(own.route('zzzz')).toMatchObject({ route: 'billing', reason: 'rule' })
  })

  it('is none where a name, a number, an inflected or misspelt word of the examples or a keyword stands in it', () => {
    for (const text of ['qwrtzl', 'qwrtzls', '4711', 'invoices', 'invoce', 'blorptastic']) {
      expect(own.route(text).outOfScope, text).toBeLessThan(0.99)
    }
  })

  it('may be an answer to a question: then the conversation says what it is about', () => {
    const context = ['where is my invoice, I was charged twice']
    expect(own.route('123456', { context })).toMatchObject({ route: 'billing', reason: 'match' })
  })

  it('adds nothing to a request beside it', () => {
    expect(desk.route('asdf qwer. Please refund my order.').route).toBe('refund')
  })
})

describe('a vector', () => {
  it('decides as its text does, words aside, whatever its length', () => {
    const vector = encoder.encode('refund my order please')
    const decision = desk.routeVector(vector)
    expect(decision.candidates[0]!.route).toBe('refund')
    const { candidates } = desk.routeVector(vector.map((x) => x * 1000))
    expect(candidates[0]!.confidence).toBeCloseTo(decision.confidence, 3)
  })

  it('is refused with another number of dimensions, of zeros, or with anything not finite', () => {
    expect(codeOf(() => desk.routeVector(new Float32Array(3)))).toBe('dimension_mismatch')
    expect(codeOf(() => desk.routeVector(new Float32Array(encoder.dimensions)))).toBe('invalid_request')
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(codeOf(() => desk.routeVector(new Float32Array(encoder.dimensions).fill(odd)))).toBe(
        'invalid_request',
      )
    }
  })
})

describe('an unusual route set', () => {
  it('without routes never matches', () => {
    const router = Router.compile({ routes: [] }, encoder)
    for (const text of ['', 'anything', '🦓'.repeat(100)]) {
      const decision = router.route(text, { threshold: 0, explain: true, context: ['before'] })
      expect(decision).toMatchObject({ route: null, candidates: [], metadata: {} })
      expect(decision.confidence).toBeGreaterThan(0)
      expect(decision.explanation!.nearest).toStrictEqual([])
      expect(decision.explanation!.flip).toStrictEqual({})
    }
    expect(Router.load(router.save(), encoder).route('x').route).toBeNull()
  })

  it('of one route with one example is the surer the nearer a message is to it', () => {
    const router = Router.compile(
      { routes: [{ name: 'refund', examples: ['I want my money back'] }] },
      encoder,
    )
    expect(router.route('I want my money back').route).toBe('refund')
    const messages = ['I want my money back', 'my money back please', 'the capital of Mongolia']
    const [same, alike, other] = router.routeMany(messages).map(({ confidence }) => confidence)
    expect(same).toBeGreaterThanOrEqual(alike!)
    expect(alike).toBeGreaterThan(other!)
  })

  it('takes routes that have only a description or only a name', async () => {
    const router = await createRouter({
      encoder,
      routes: [
        { name: 'r1', description: 'questions about the weather, rain and temperature' },
        { name: 'play-music' },
        { name: 'bankAccount' },
      ],
    })
    const best = (text: string) => router.route(text).candidates[0]!.route
    expect(best('what is the weather going to be')).toBe('r1')
    expect(best('play a bit of music')).toBe('play-music')
    expect(best('open a bank account')).toBe('bankAccount')
    expect(router.route('will it rain', { explain: true }).explanation!.nearest[0]).toMatchObject({
      route: 'r1',
      example: 'questions about the weather, rain and temperature',
    })
  })

  it('reads an example that is there twice as there once', () => {
    const once = Router.compile(
      {
        routes: [
          { name: 'alpha', examples: ['play a song', 'stop'] },
          { name: 'beta', examples: ['buy milk'] },
        ],
      },
      encoder,
    )
    const twice = Router.compile(
      {
        routes: [
          { name: 'alpha', examples: ['play a song', 'stop', 'play a song'] },
          { name: 'beta', examples: ['buy milk'] },
        ],
      },
      encoder,
    )
    for (const text of ['play a song', 'stop it', 'milk']) {
      expect(twice.route(text).candidates).toStrictEqual(once.route(text).candidates)
    }
  })

  it('shares the confidence between routes with the same example', () => {
    const router = Router.compile(
      {
        routes: [
          { name: 'b2', examples: ['hello'] },
          { name: 'a2', examples: ['hello'] },
        ],
      },
      encoder,
    )
    const { candidates } = router.route('hello', { threshold: 0 })
    expect(candidates).toHaveLength(2)
    expect(candidates[0]!.confidence + candidates[1]!.confidence).toBeLessThanOrEqual(1)
    expect(Math.min(...candidates.map(({ confidence }) => confidence))).toBeGreaterThan(0.01)
  })

  it('may name routes like members of objects', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length']
    const router = Router.compile(
      parseRouteSet(
        names.map((name, i) => ({ name, examples: [clincRouteSet(1, 5).routes[0]!.examples[i]!] })),
      ),
      encoder,
    )
    names.forEach((name, i) => {
      const example = router.routeSet.routes[i]!.examples[0]!
      const decision = router.route(example, { include: [name], threshold: 0, explain: true })
      expect(decision.route).toBe(name)
      expect(decision.explanation!.nearest[0]).toMatchObject({ route: name, example })
    })
    router.remove('__proto__')
    router.add({ name: 'valueOf', examples: ['yet another'] })
    expect(Router.load(router.save(), encoder).routeSet).toStrictEqual(router.routeSet)
    expect(router.evaluate([{ text: 'x', route: 'constructor' }]).n).toBe(1)
  })

  it('may have examples without a word in them', () => {
    const router = Router.compile(
      {
        routes: [
          { name: 'nothing', examples: ['', '   ', '\u200b', '!!!'] },
          { name: 'faces', examples: ['😀 😃', '👍🏽'] },
          { name: 'words', examples: ['some words', 'x'.repeat(32 * 1024)] },
        ],
      },
      encoder,
    )
    for (const text of ['', ' \n\t ', '😀', '\ud800', '...', 'y'.repeat(32 * 1024), 'some words']) {
      const decision = router.route(text, { explain: true })
      expect(Number.isFinite(decision.confidence)).toBe(true)
      for (const { score } of decision.candidates) expect(Number.isFinite(score)).toBe(true)
    }
    expect(router.route('😀 😃').candidates[0]!.route).toBe('faces')
  })
})

describe('one example that is another', () => {
  it('changes decision and explanation', () => {
    const decide = (example: string) =>
      Router.compile(
        {
          routes: [
            { name: 'pets', examples: ['feed the cat', example] },
            { name: 'cars', examples: ['change the oil', 'my engine sounds ill'] },
          ],
        },
        encoder,
      ).route('my ferret looks ill', { explain: true, threshold: 0 })
    const [before, after] = [decide('walk the dog'), decide('my ferret is ill')]
    expect(before.route).toBe('cars')
    expect(after.route).toBe('pets')
    expect(after.snapshot).not.toBe(before.snapshot)
    expect(after.explanation!.nearest[0]).toMatchObject({ route: 'pets', example: 'my ferret is ill' })
    expect(before.explanation!.nearest.map(({ example }) => example)).not.toContain('my ferret is ill')
    expect(after.explanation!.summary).toContain('my ferret is ill')
  })
})
