import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Router } from '../../src/index.ts'
import {
  anyMessage,
  anyRouteSet,
  clincRouteSet,
  clincRows,
  codeOf,
  desk,
  encoder,
  withoutLatency,
} from './route-sets.ts'

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
