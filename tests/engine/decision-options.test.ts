import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRouteSet, Router } from '../../src/index.ts'
import { anyMessage, codeOf, desk, encoder } from './route-sets.ts'

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
