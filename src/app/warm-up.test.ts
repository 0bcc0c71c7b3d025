import { beforeAll, describe, expect, it } from 'vitest'
import { Router } from '../core/index.ts'
import { loadBuiltinEncoder } from '../encoders/builtin/index.ts'
import { warmUp } from './warm-up.ts'

let router: Router
let empty: Router
beforeAll(async () => {
  const encoder = await loadBuiltinEncoder()
  const examples = ['where is my invoice?', 'I was charged twice', 'send the refund']
  router = Router.compile({ routes: [{ name: 'billing', examples }] }, encoder)
  empty = Router.compile({ routes: [] }, encoder)
})

/** A clock that says so many milliseconds more each time it is asked. */
function clock(step: number): () => number {
  let time = 0
  return () => {
    time += step
    return time
  }
}

describe('warmUp', () => {
  it('decides 300 texts where that is quick', () => expect(warmUp(router, clock(0.1))).toBe(300))

  it('begins no text after 100 ms', () => expect(warmUp(router, clock(30))).toBe(3))

  it('has nothing to do without examples', () => expect(warmUp(empty, clock(0.1))).toBe(0))

  it('changes no decision', () => {
    const before = router.route('charged twice')
    warmUp(router, clock(0.1))
    expect({ ...router.route('charged twice'), latencyUs: 0 }).toEqual({ ...before, latencyUs: 0 })
  })
})
