import type { RouteSet } from '../contracts/index.ts'

export const SUBJECTS: readonly string[] = [
  'invoice',
  'password',
  'garden',
  'airport',
  'recipe',
  'window',
  'violin',
  'contract',
  'engine',
  'river',
]

/** A route for each of the first subjects: by default more texts than are fitted in passing. */
export function largeRouteSet(routes = 8, examples = 14): RouteSet {
  return {
    routes: SUBJECTS.slice(0, routes).map((subject) => ({
      name: subject,
      examples: Array.from(
        { length: examples },
        (_, index) => `something about my ${subject}, number ${index}`,
      ),
    })),
  }
}
