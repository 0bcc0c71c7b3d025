import { describe, expect, it } from 'vitest'
import { createRouter, parseRouteSet, Router } from '../../src/index.ts'
import { clincRouteSet, encoder } from './route-sets.ts'

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
