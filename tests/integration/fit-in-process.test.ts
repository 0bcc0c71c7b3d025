import { describe, expect, it } from 'vitest'
import { fitInProcess } from '../../src/app/fit-in-process.ts'
import type { RouteSet } from '../../src/contracts/index.ts'
import { Router } from '../../src/core/index.ts'
import { builtinEncoder } from '../../src/encoders/builtin/index.ts'

const routeSet: RouteSet = {
  routes: [
    { name: 'refund', examples: ['where is my refund?', 'I want my money back'] },
    { name: 'wetter', examples: ['wie wird das Wetter – heute?', '¿lloverá mañana? ☔'] },
  ],
}
const never = new AbortController().signal

describe('a fit in another process', () => {
  it('makes the snapshot that a fit here makes', async () => {
    const here = Router.compile(routeSet, builtinEncoder())
    const there = Router.load((await fitInProcess({ routeSet }, never)).snapshot, builtinEncoder())
    expect(there.snapshot).toBe(here.snapshot)
    expect(there.routeSet).toEqual(routeSet)
  })

  it('ends when it is given up, with the reason that was given', async () => {
    const abort = new AbortController()
    const fit = fitInProcess({ routeSet }, abort.signal)
    abort.abort(new Error('no longer wanted'))
    await expect(fit).rejects.toThrow('no longer wanted')
  })

  it('says how the process ended when there is no snapshot', async () => {
    const broken = { routes: 'none' } as unknown as RouteSet
    await expect(fitInProcess({ routeSet: broken }, never)).rejects.toThrow('ended with code 1')
  })

  it('passes on why a set cannot be fitted as was asked', async () => {
    const work = { routeSet, inputs: { data: [], maxErrorRate: 0.02 }, isCandidate: true }
    await expect(fitInProcess(work, never)).rejects.toMatchObject({ code: 'not_enough_data' })
  })

  it('fits with labelled rows as a fit here does, and evaluates a candidate on a fifth of them', async () => {
    const texts = ['my money back please', 'the refund is late', 'wie wird das Wetter morgen', 'Wetter heute']
    const data = Array.from({ length: 40 }, (_, index) => ({
      text: `${texts[index % 4]} ${index}`,
      route: index % 4 < 2 ? 'refund' : 'wetter',
    }))
    const { snapshot, evaluation } = await fitInProcess(
      { routeSet, inputs: { data }, isCandidate: true },
      never,
    )
    const here = Router.compile(routeSet, builtinEncoder(), { data })
    expect(Router.load(snapshot, builtinEncoder()).snapshot).toBe(here.snapshot)
    expect(evaluation?.n).toBe(8)
  })
})
