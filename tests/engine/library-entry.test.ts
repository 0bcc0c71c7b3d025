import { describe, expect, it } from 'vitest'
import { createRouter, isStrataError, Router } from '../../src/index.ts'

const routes = [
  { id: 'pets', utterances: ['feed the cat', 'walk the dog', 'the parrot needs seeds'] },
  { name: 'garden', examples: ['water the roses', 'mow the lawn', 'plant the bulbs'] },
]
const codeOf = (action: () => unknown) => {
  try {
    action()
  } catch (error) {
    return isStrataError(error) ? error.code : String(error)
  }
  return 'nothing thrown'
}

describe('the main entry of the library', () => {
  it('loads a saved router with the built-in encoder unless another is given', async () => {
    const saved = (await createRouter({ version: 1, routes })).save()
    const loaded = Router.load(saved)
    expect(loaded).toBeInstanceOf(Router)
    expect(loaded.route('please feed my dog').route).toBe('pets')
  })

  it('takes added and updated routes in the shapes of route files, and checks them', async () => {
    const router = await createRouter({ routes })
    router.add({ id: 'car', utterances: ['wash the car', 'change the tyres'], keywords: ['engine'] })
    expect(router.route('change my tyres').route).toBe('car')
    router.update({ name: 'car', examples: ['repaint the fence', 'mend the fence'] })
    expect(router.route('the fence needs paint').route).toBe('car')
    expect(codeOf(() => router.add({ name: 'bad name', examples: 'feed the fish' }))).toBe(
      'invalid_route_set',
    )
    expect(codeOf(() => router.add(null))).toBe('invalid_route_set')
    expect(codeOf(() => router.update({ name: 'boat', examples: ['row'] }))).toBe('route_not_found')
    expect(router.routeSet.routes.map(({ name }) => name)).toStrictEqual(['pets', 'garden', 'car'])
  })

  it('refuses options of the wrong shape by name', async () => {
    const router = await createRouter({ routes })
    const wrong = { context: 'feed it' } as unknown as { context: string[] }
    expect(codeOf(() => router.route('and the dog', wrong))).toBe('invalid_request')
    expect(router.fit().routes).toBe(2)
  })
})
