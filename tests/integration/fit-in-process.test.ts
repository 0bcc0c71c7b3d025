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
    const there = Router.load(await fitInProcess(routeSet, never), builtinEncoder())
    expect(there.snapshot).toBe(here.snapshot)
    expect(there.routeSet).toEqual(routeSet)
  })

  it('ends when it is given up, with the reason that was given', async () => {
    const abort = new AbortController()
    const fit = fitInProcess(routeSet, abort.signal)
    abort.abort(new Error('no longer wanted'))
    await expect(fit).rejects.toThrow('no longer wanted')
  })

  it('says how the process ended when there is no snapshot', async () => {
    const broken = { routes: 'none' } as unknown as RouteSet
    await expect(fitInProcess(broken, never)).rejects.toThrow('ended with code 1')
  })
})
