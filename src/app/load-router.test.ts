import { expect, it } from 'vitest'
import { Router } from '../core/index.ts'
import { loadBuiltinEncoder } from '../encoders/builtin/index.ts'
import { loadRouter } from './load-router.ts'

it('lets others have turns while a router is loaded, which then decides as the saved one', async () => {
  const encoder = await loadBuiltinEncoder()
  const router = Router.compile({ routes: [{ name: 'alarm', examples: ['wake me at seven'] }] }, encoder)
  let turns = 0
  const count = () => {
    turns++
    immediate = setImmediate(count)
  }
  let immediate = setImmediate(count)
  const loaded = await loadRouter(router.save(), encoder, router)
  clearImmediate(immediate)
  expect(turns).toBeGreaterThan(10)
  expect(loaded.snapshot).toBe(router.snapshot)
  expect(loaded.route('wake me at seven').route).toBe('alarm')
})
