import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type RouteDefinition, Router } from '../../src/index.ts'
import { anyMessage, anyRouteSet, clincRouteSet, codeOf, encoder, withoutLatency } from './route-sets.ts'

const kazoo: RouteDefinition = {
  name: 'kazoo',
  examples: ['play a polka on the kazoo', 'hum a tune into it'],
}

const anyEdit = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    examples: fc.array(anyMessage, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    do: fc.constant('update' as const),
    at: fc.nat(),
    examples: fc.array(anyMessage, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ do: fc.constant('remove' as const), at: fc.nat() }),
)

describe('edits of a small set', () => {
  it('leave exactly what a fresh compile of the same routes makes', () => {
    fc.assert(
      fc.property(anyRouteSet(), fc.array(anyEdit, { minLength: 1, maxLength: 4 }), (routeSet, edits) => {
        const router = Router.compile(routeSet, encoder)
        edits.forEach((edit, place) => {
          const { routes } = router.routeSet
          if (edit.do === 'add')
            router.add({
              name: `added-${place}`,
              examples: edit.examples.filter((text) => text.trim() !== ''),
            })
          else if (routes.length > 0) {
            const { name } = routes[edit.at % routes.length]!
            if (edit.do === 'remove') router.remove(name)
            else router.update({ name, examples: edit.examples.filter((text) => text.trim() !== '') })
          }
        })
        expect(router.provisional).toBe(false)
        expect(router.snapshot).toBe(Router.compile(router.routeSet, encoder).snapshot)
      }),
      { numRuns: 20 },
    )
  })

  it('that undo each other leave what was', () => {
    fc.assert(
      fc.property(anyRouteSet(), (routeSet) => {
        const router = Router.compile(routeSet, encoder)
        const { snapshot } = router
        router.add(kazoo)
        expect(router.snapshot).not.toBe(snapshot)
        expect(router.route(kazoo.examples[0]!).candidates[0]!.route).toBe('kazoo')
        router.remove('kazoo')
        expect(router.snapshot).toBe(snapshot)
      }),
      { numRuns: 12 },
    )
  })

  it('are refused for a name that is taken or unknown, and change nothing', () => {
    const router = Router.compile(clincRouteSet(3, 3), encoder)
    const { snapshot } = router
    const { name } = router.routeSet.routes[0]!
    expect(codeOf(() => router.add({ name, examples: ['x'] }))).toBe('route_exists')
    expect(codeOf(() => router.update(kazoo))).toBe('route_not_found')
    expect(codeOf(() => router.remove('toString'))).toBe('route_not_found')
    expect(router.snapshot).toBe(snapshot)
  })

  it('do not change the route set that they were given', () => {
    const routeSet = clincRouteSet(3, 3)
    const before = structuredClone(routeSet)
    const router = Router.compile(routeSet, encoder)
    router.add(kazoo)
    router.remove(routeSet.routes[0]!.name)
    expect(routeSet).toStrictEqual(before)
  })
})

describe('edits of a larger set', () => {
  const routeSet = clincRouteSet(20, 8)
  const compiled = Router.compile(routeSet, encoder)
  const fresh = () => Router.load(compiled.save(), encoder)
  const later = clincRouteSet(12, 8, 20).routes
  const best = (router: Router, text: string) => router.route(text).candidates[0]!.route

  it('are live at once: every example of the new route decides for it', () => {
    for (const route of later) {
      const router = fresh()
      router.add(route)
      expect(router.provisional).toBe(true)
      for (const example of route.examples) expect(best(router, example)).toBe(route.name)
    }
  })

  it('give a new example e to the fourth of the odds of the next route, no more', () => {
    const router = fresh()
    router.add({ name: 'k9', examples: ['tell me about the zebra'] })
    const [first, second] = router.route('tell me about the zebra').candidates
    expect(first!.route).toBe('k9')
    expect(Math.log(first!.confidence / second!.confidence)).toBeCloseTo(4, 0)
  })

  it('leave other routes their own examples, but for one in a hundred', () => {
    let lost = 0
    let all = 0
    for (const route of later) {
      const router = fresh()
      router.add(route)
      for (const other of routeSet.routes) {
        for (const example of other.examples) {
          all++
          if (best(compiled, example) === other.name && best(router, example) !== other.name) lost++
        }
      }
    }
    expect(all).toBe(12 * 160)
    expect(lost / all).toBeLessThan(0.01)
  })

  it('of several routes at once are live too', () => {
    const router = fresh()
    const routes = [...routeSet.routes.slice(2), ...later.slice(0, 4)]
    router.replace({ ...routeSet, routes })
    for (const route of routes)
      for (const example of route.examples) expect(best(router, example)).toBe(route.name)
    const gone = new Set(routeSet.routes.slice(0, 2).map(({ name }) => name))
    for (const { name, examples } of routeSet.routes.slice(0, 2)) {
      expect(gone.has(name)).toBe(true)
      for (const example of examples) expect(gone.has(best(router, example))).toBe(false)
    }
  })

  it('of an example move that text to its new route', () => {
    const router = fresh()
    const [first, second] = routeSet.routes
    const text = 'does the zebra need a passport'
    router.update({ ...first!, examples: [...first!.examples, text] })
    expect(best(router, text)).toBe(first!.name)
    router.replace({
      ...routeSet,
      routes: [first!, { ...second!, examples: [...second!.examples, text] }, ...routeSet.routes.slice(2)],
    })
    expect(best(router, text)).toBe(second!.name)
  })

  it('of rules, thresholds and metadata leave scores alone and are live at once', () => {
    const router = fresh()
    const [first, ...rest] = routeSet.routes
    const example = first!.examples[0]!
    router.update({
      ...first!,
      threshold: 1,
      metadata: { n: 1 },
      rules: [{ when: { phrase: 'zebra' }, then: 'force' }],
    })
    expect(router.route(example).candidates).toStrictEqual(compiled.route(example).candidates)
    expect(router.route(example).route).toBeNull()
    expect(router.route('zebra')).toMatchObject({ route: first!.name, reason: 'rule', metadata: { n: 1 } })
    router.replace({ routes: [first!, ...rest], defaults: { threshold: 1 } })
    expect(router.route(example).threshold).toBe(1)
    router.refit()
    expect(router.route(example).threshold).toBe(1)
  })

  it('bring the words of every text that they change, and take them away again', () => {
    const corrections = (router: Router) =>
      router
        .route('frobnicatr wibblfish zarquon', { explain: true })
        .explanation!.corrections.map(({ to }) => to)
    const router = fresh()
    const [first] = routeSet.routes
    expect(corrections(router)).toEqual([])
    router.update({ ...first!, negatives: ['frobnicator'] })
    expect(corrections(router)).toEqual(['frobnicator'])
    router.replace({ ...router.routeSet, outOfScope: ['wibblefish'] })
    expect(corrections(router)).toEqual(['frobnicator', 'wibblefish'])
    router.add({ name: 'k9', description: 'zarquone', examples: ['play a polka'] })
    expect(corrections(router)).toEqual(['frobnicator', 'wibblefish', 'zarquone'])
    router.replace(routeSet)
    expect(corrections(router)).toEqual([])
  })

  it('show the edited examples in explanations', () => {
    const router = fresh()
    router.add(kazoo)
    const { explanation } = router.route('a polka on the kazoo', { explain: true })
    expect(explanation!.nearest[0]).toMatchObject({ route: 'kazoo', example: 'play a polka on the kazoo' })
    const example = routeSet.routes[5]!.examples[3]!
    expect(router.route(example, { explain: true }).explanation!.nearest[0]).toMatchObject({ example })
  })

  it('end, with the refit, where a fresh compile of the same routes ends', () => {
    const router = fresh()
    router.add(kazoo)
    router.remove(routeSet.routes[4]!.name)
    router.update({ ...routeSet.routes[7]!, examples: ['count the sheep'] })
    const provisional = router.snapshot
    const stages = new Set<string>()
    router.refit(({ stage, done, total }) => {
      expect(done).toBeLessThanOrEqual(total)
      stages.add(stage)
    })
    expect(stages.size).toBeGreaterThan(1)
    expect(router.provisional).toBe(false)
    expect(router.snapshot).not.toBe(provisional)
    const expected = Router.compile(router.routeSet, encoder)
    expect(router.snapshot).toBe(expected.snapshot)
    const message = 'how many sheep are there'
    expect(withoutLatency(router.route(message))).toStrictEqual(withoutLatency(expected.route(message)))
  })

  it('that undo each other leave, with the refit, what was', () => {
    const router = fresh()
    router.add(kazoo)
    router.remove('kazoo')
    expect(router.provisional).toBe(true)
    for (const { name, examples } of routeSet.routes) expect(best(router, examples[0]!)).toBe(name)
    router.refit()
    expect(router.snapshot).toBe(compiled.snapshot)
  })

  it('of any kind, in any order, are saved whole: a loaded router decides the same and edits on the same', () => {
    const examples = fc.array(anyMessage, { minLength: 1, maxLength: 3 })
    const anyChange = fc.oneof(
      fc.record({ do: fc.constant('add' as const), examples }),
      fc.record({ do: fc.constant('update' as const), at: fc.nat(), examples }),
      fc.record({ do: fc.constant('settle' as const), at: fc.nat(), threshold: fc.constantFrom(0.2, 0.8) }),
      fc.record({ do: fc.constant('remove' as const), at: fc.nat() }),
      fc.record({ do: fc.constant('turn' as const), by: fc.integer({ min: 1, max: 19 }) }),
    )
    const apply = (router: Router, change: ReturnType<typeof anyChange.generate>['value'], place: number) => {
      const { routes } = router.routeSet
      if (change.do === 'add')
        router.add({ name: `added-${place}`, examples: change.examples.filter((text) => text.trim() !== '') })
      else if (change.do === 'turn')
        router.replace({
          ...router.routeSet,
          routes: [...routes.slice(change.by), ...routes.slice(0, change.by)],
        })
      else {
        const route = routes[change.at % routes.length]!
        if (change.do === 'remove') router.remove(route.name)
        else if (change.do === 'settle') router.update({ ...route, threshold: change.threshold })
        else router.update({ ...route, examples: change.examples.filter((text) => text.trim() !== '') })
      }
    }
    fc.assert(
      fc.property(
        fc.array(anyChange, { minLength: 1, maxLength: 5 }),
        fc.array(anyMessage, { minLength: 3, maxLength: 5 }),
        (changes, messages) => {
          let router = fresh()
          changes.forEach((change, place) => {
            const other = Router.load(router.save(), encoder)
            apply(router, change, place)
            apply(other, change, place)
            expect(other.snapshot).toBe(router.snapshot)
            const loaded = Router.load(router.save(), encoder)
            expect(loaded.snapshot).toBe(router.snapshot)
            expect(loaded.routeMany(messages, { explain: true }).map(withoutLatency)).toStrictEqual(
              router.routeMany(messages, { explain: true }).map(withoutLatency),
            )
            // What the edited one shares with those before it must outlive them.
            router = place % 2 === 0 ? loaded : router
          })
        },
      ),
      { numRuns: 15 },
    )
  })

  it('keep the same decisions over hundreds of edits that undo each other', () => {
    const router = fresh()
    const messages = routeSet.routes.map(({ examples }) => examples[0]!)
    router.add(kazoo)
    router.remove('kazoo')
    const { snapshot } = router
    for (let round = 0; round < 30; round++) {
      router.add(kazoo)
      router.remove('kazoo')
    }
    expect(router.snapshot).toBe(snapshot)
    expect(router.routeMany(messages).map(withoutLatency)).toStrictEqual(
      compiled.routeMany(messages).map((decision) => withoutLatency({ ...decision, snapshot })),
    )
  })
})
