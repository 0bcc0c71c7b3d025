import { expect, test } from 'vitest'
import { generateRoutes } from './generated-routes.ts'

test('a set has the size asked for, with names and texts that are all different', () => {
  const { routes, queries } = generateRoutes(150, 20, 500)
  const texts = [...routes.flatMap(({ examples }) => examples), ...queries]
  expect(routes).toHaveLength(150)
  expect(new Set(routes.map(({ name }) => name)).size).toBe(150)
  expect(routes.every(({ examples }) => examples.length === 20)).toBe(true)
  expect(new Set(texts).size).toBe(150 * 20 + 500)
})

test('the largest set still has a name for each route', () => {
  const { routes } = generateRoutes(1000, 1, 0)
  expect(new Set(routes.map(({ name }) => name)).size).toBe(1000)
})

test('every run measures the same texts', () => {
  expect(generateRoutes(20, 5, 10)).toEqual(generateRoutes(20, 5, 10))
})
