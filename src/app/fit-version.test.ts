import { describe, expect, it } from 'vitest'
import type { FitInputs, RouteSet } from '../contracts/index.ts'
import { Router } from '../core/index.ts'
import { builtinEncoder, loadBuiltinEncoder } from '../encoders/builtin/index.ts'
import { evaluateVersion, fitVersion } from './fit-version.ts'

await loadBuiltinEncoder()
const encoder = builtinEncoder()
const routeSet: RouteSet = {
  routes: [
    { name: 'billing', examples: ['I was charged twice', 'where is my invoice?', 'I want a refund'] },
    { name: 'support', examples: ['the page shows an error', 'nothing loads', 'the app crashes'] },
  ],
}
const TEXTS = [
  ['there is a wrong charge on my invoice', 'billing'],
  ['the app shows an error when I log in', 'support'],
  ['my refund has not come', 'billing'],
] as const
const data = Array.from({ length: 300 }, (_, index) => {
  const [text, route] = TEXTS[index % 3] as (typeof TEXTS)[number]
  return { text: `${text} ${index}`, route }
})
const promised: FitInputs = { data, maxErrorRate: 0.1 }

describe('fitVersion', () => {
  it('makes the same snapshot of the same work, and another with labelled rows', () => {
    const plain = fitVersion({ routeSet }, encoder)
    expect(plain.snapshot).toBe(Router.compile(routeSet, encoder).snapshot)
    const fitted = fitVersion({ routeSet, inputs: promised }, encoder)
    expect(fitVersion({ routeSet, inputs: promised, isCandidate: true }, encoder).snapshot).toBe(
      fitted.snapshot,
    )
    expect(fitted.snapshot).not.toBe(plain.snapshot)
    expect(fitted.report.thresholds.guarantee?.maxErrorRate).toBe(0.1)
  })

  it('passes over rows of routes that the set does not have', () => {
    const without: RouteSet = { routes: routeSet.routes.slice(0, 1) }
    const kept = data.filter(({ route }) => route === 'billing')
    expect(fitVersion({ routeSet: without, inputs: { data } }, encoder).snapshot).toBe(
      fitVersion({ routeSet: without, inputs: { data: kept } }, encoder).snapshot,
    )
  })

  it('of an edit gives up a promise that too few rows are left for, of a candidate refuses', () => {
    const inputs: FitInputs = { data: data.slice(0, 9), maxErrorRate: 0.02 }
    expect(fitVersion({ routeSet, inputs }, encoder).report.thresholds.guarantee).toBeUndefined()
    expect(() => fitVersion({ routeSet, inputs, isCandidate: true }, encoder)).toThrow(
      expect.objectContaining({ code: 'not_enough_data' }),
    )
    const none: FitInputs = { data: [], maxErrorRate: 0.02 }
    expect(fitVersion({ routeSet, inputs: none }, encoder).snapshot).toBe(
      fitVersion({ routeSet }, encoder).snapshot,
    )
    const ofItself = { ...routeSet, defaults: { maxErrorRate: 0.02 } }
    expect(fitVersion({ routeSet: ofItself, inputs }, encoder).report.thresholds.guarantee).toBeUndefined()
  })
})

describe('evaluateVersion', () => {
  it('scores a fifth of the rows, always the same, after a fit with the others', () => {
    const first = evaluateVersion({ routeSet, inputs: promised }, encoder)
    const second = evaluateVersion({ routeSet, inputs: promised }, encoder)
    expect(first?.n).toBe(60)
    expect({ ...first, latencyUs: 0 }).toEqual({ ...second, latencyUs: 0 })
  })

  it('says nothing where there are too few rows to hold any out', () => {
    expect(evaluateVersion({ routeSet, inputs: { data: data.slice(0, 24) } }, encoder)).toBeNull()
    expect(evaluateVersion({ routeSet }, encoder)).toBeNull()
  })
})
