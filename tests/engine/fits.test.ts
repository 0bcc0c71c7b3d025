import { describe, expect, it } from 'vitest'
import { binomialCdf } from '../../src/core/calibration/guarantee.ts'
import { isStrataError, type LabelledText, Router } from '../../src/index.ts'
import { clincRouteSet, clincRows, encoder, withoutLatency } from './route-sets.ts'

const routeSet = clincRouteSet(10, 10)
const names = new Set(routeSet.routes.map(({ name }) => name))
const inScope = [...clincRows('val'), ...clincRows('test')].filter(({ route }) => names.has(route!))
const strays = clincRows('oos_test')
const labelled: LabelledText[] = [...inScope.slice(0, 350), ...strays.slice(0, 60)]
const apart: LabelledText[] = [...inScope.slice(350), ...strays.slice(60, 85)]

const refusal = (run: () => unknown) => {
  try {
    run()
    return undefined
  } catch (error) {
    if (!isStrataError(error)) throw error
    return error
  }
}

describe('a fit with labelled data', () => {
  it('is the same every time, and the same after saving and loading', () => {
    const [a, b] = [0, 1].map(() => Router.compile(routeSet, encoder, { data: labelled, maxErrorRate: 0.1 }))
    expect(b!.snapshot).toBe(a!.snapshot)
    const loaded = Router.load(a!.save(), encoder)
    expect(loaded.report).toStrictEqual(a!.report)
    for (const { text } of apart) {
      expect(withoutLatency(loaded.route(text))).toStrictEqual(withoutLatency(a!.route(text)))
    }
  })

  it('finds with maxErrorRate a threshold that keeps it on other data, and reports what it costs', () => {
    const router = Router.compile(routeSet, encoder)
    const { thresholds } = router.fit({ data: labelled, maxErrorRate: 0.1 })
    expect(thresholds.guarantee).toMatchObject({ maxErrorRate: 0.1, delta: 0.05, rows: 205 })
    expect(thresholds.guarantee!.coverage).toBeGreaterThan(0.5)
    expect(router.report.thresholds).toStrictEqual(thresholds)
    const acted = apart.filter(({ text }) => router.route(text).route !== null)
    const wrong = acted.filter(({ text, route }) => router.route(text).route !== route)
    expect(acted.length).toBeGreaterThan(apart.length / 2)
    // As many wrong answers or more must be no miracle for answers that are wrong one time in ten.
    expect(1 - binomialCdf(wrong.length - 1, acted.length, 0.1)).toBeGreaterThan(0.01)
  })

  it('takes the error rate from the route set when none is asked for', () => {
    const router = Router.compile({ ...routeSet, defaults: { maxErrorRate: 0.1 } }, encoder, {
      data: labelled,
    })
    expect(router.report.thresholds.guarantee?.maxErrorRate).toBe(0.1)
  })

  it('counts routes with a threshold of their own as they are acted on', () => {
    const [first, ...rest] = routeSet.routes
    const router = Router.compile(routeSet, encoder)
    const best = (text: string) => router.route(text).candidates[0]!.route
    const right = inScope.filter(
      ({ text, route }) => route !== first!.name && router.route(text).route === route,
    )
    // Rows that the first route takes, and wrongly so, but with little confidence.
    const wrong = strays.filter(({ text }) => best(text) === first!.name && router.route(text).route === null)
    expect(wrong.length).toBeGreaterThan(20)
    const data = right
      .slice(0, 360)
      .flatMap((row, i) => (i % 9 === 0 ? [wrong[(i / 9) % wrong.length]!, row] : [row]))
    const fitted = (threshold: number | undefined) => {
      const set = { routes: [{ ...first!, ...(threshold === undefined ? {} : { threshold }) }, ...rest] }
      return Router.compile(set, encoder, { data, maxErrorRate: 0.05 }).report.thresholds.guarantee!.coverage
    }
    expect(fitted(undefined)).toBeGreaterThan(0.8)
    expect(fitted(1)).toBeGreaterThan(0.8)
    expect(refusal(() => fitted(0))?.code).toBe('not_enough_data')
  })

  it('says with counts what is missing for a promise', () => {
    const router = Router.compile(routeSet, encoder)
    const { snapshot } = router
    const few = refusal(() => router.fit({ data: labelled.slice(0, 20), maxErrorRate: 0.02 }))
    expect(few?.code).toBe('not_enough_data')
    expect(few?.message).toMatch(/of the 10 rows set apart for the test, \d+ are acted on/)
    expect(few?.message).toMatch(/at least 149 must be acted on/)
    for (const data of [undefined, []]) {
      const none = refusal(() => router.fit({ ...(data ? { data } : {}), maxErrorRate: 0.02 }))
      expect(none?.code).toBe('not_enough_data')
    }
    expect(router.snapshot).toBe(snapshot)
  })

  it('refuses rates outside (0, 1) and labels that name no route', () => {
    const router = Router.compile(routeSet, encoder)
    for (const rate of [0, 1, -0.1, Number.NaN]) {
      expect(refusal(() => router.fit({ data: labelled, maxErrorRate: rate }))?.code).toBe('invalid_request')
      expect(refusal(() => router.fit({ data: labelled, maxErrorRate: 0.1, delta: rate }))?.code).toBe(
        'invalid_request',
      )
    }
    const wrong = refusal(() => router.fit({ data: [{ text: 'x', route: 'no-such-route' }] }))
    expect(wrong?.code).toBe('invalid_data')
  })

  it('makes confidence on other data no worse, measured by the Brier score', () => {
    const router = Router.compile(routeSet, encoder)
    const before = router.evaluate(apart).brier!
    router.fit({ data: labelled })
    expect(router.evaluate(apart).brier!).toBeLessThan(before * 1.1)
  })
})

describe('a fit without labelled data', () => {
  it('reports what its calibration error would be by chance: less, the more examples there are', () => {
    const chanceOf = (examples: number) =>
      Router.compile(clincRouteSet(10, examples), encoder).report.eceCvByChance
    expect(chanceOf(1)).toBeNull()
    expect(chanceOf(20)).toBeGreaterThan(0.001)
    expect(chanceOf(5)).toBeGreaterThan(chanceOf(20)!)
    expect(chanceOf(5)).toBeLessThan(0.2)
  })
})

describe('a threshold chosen for an error rate', () => {
  it('stays through edits and refits, though the promise does not', () => {
    for (const set of [routeSet, { ...routeSet, defaults: { threshold: 0.4 } }]) {
      const router = Router.compile(set, encoder, { data: labelled, maxErrorRate: 0.1 })
      const chosen = router.report.thresholds.default
      expect(chosen).not.toBe(0.4)
      router.add({ name: 'kazoo', examples: ['play a polka on the kazoo'] })
      expect(router.report.thresholds).toStrictEqual({ default: chosen })
      router.refit()
      router.refit()
      expect(router.report.thresholds).toStrictEqual({ default: chosen })
      router.replace({ ...router.routeSet, defaults: { threshold: 0.7 } })
      expect(router.report.thresholds.default).toBe(0.7)
    }
  })
})
