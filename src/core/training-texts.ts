import type { RouteSet } from '../contracts/index.ts'
import { GENERIC_TEXTS } from './generic-texts.ts'

/**
 * What a text is to the fit:
 * - `example`: the user's own; searched and shown as nearest example, held out in calibration
 * - `stand-in`: a description or name where there is no example; searched and shown, never held out
 * - `hint`: a description or name beside examples
 * - `stray`: the user's own out-of-scope text or negative
 * - `generic`: one of the texts that belong to no route of an ordinary set
 */
export type TextKind = 'example' | 'stand-in' | 'hint' | 'stray' | 'generic'

/** One text that the head learns from. */
export interface TrainingText {
  readonly text: string
  readonly kind: TextKind
  /** Index of the route, or -1 for *no route* (the background class). */
  readonly route: number
  /** 1 = as much as one example. */
  readonly weight: number
}

/** Whether a text is searched and shown as nearest example. */
export const isShown = ({ kind }: TrainingText) => kind === 'example' || kind === 'stand-in'

// A name or description says what a route is for, but not how people ask; it counts a little less than an example.
const HINT_WEIGHT = 0.7
const ROUTES_WITH_FULL_GENERIC_WEIGHT = 2

/**
 * What each generic text weighs: all together as much as one route with the mean number of examples, and with more than
 * two routes as much less as there are more. A set of two routes would otherwise take every text for one of them; one of
 * a hundred knows well enough what is foreign to it.
 */
function weightOfGenericTexts(routes: number, examples: number): number {
  const perRoute = Math.max(1, examples / Math.max(1, routes))
  return (
    (perRoute * Math.min(1, ROUTES_WITH_FULL_GENERIC_WEIGHT / Math.max(1, routes))) / GENERIC_TEXTS.length
  )
}

/** Every text that the user wrote, names and descriptions included. */
export function* ownTexts(routeSet: RouteSet): Generator<string> {
  for (const route of routeSet.routes) {
    yield route.name
    if (route.description) yield route.description
    yield* route.examples
    yield* route.negatives ?? []
  }
  yield* routeSet.outOfScope ?? []
}

/** How many texts of the user's own a fit of this set learns from, at most: what a fit costs grows with it. */
export function textsToFit(routeSet: RouteSet): number {
  return routeSet.routes.reduce(
    (sum, route) => sum + route.examples.length + (route.negatives?.length ?? 0) + 2,
    routeSet.outOfScope?.length ?? 0,
  )
}

/** A route name as words: separators and camelCase split, bare numbers left out. Empty when it says nothing. */
export function nameAsText(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .split(/[._:\-\s\d]+/)
    .filter((word) => word.length > 1)
    .join(' ')
    .toLowerCase()
}

/** Everything in a route set that the head can learn from, route by route in file order, background last. */
export function collectTrainingTexts(routeSet: RouteSet): TrainingText[] {
  const texts: TrainingText[] = []
  const exampleTexts = new Set<string>()
  const names = routeSet.routes.map((route) => nameAsText(route.name))
  const shared = repeated(names)
  routeSet.routes.forEach((route, index) => {
    const hasExamples = route.examples.length > 0
    for (const text of new Set(route.examples)) {
      exampleTexts.add(text)
      texts.push({ text, kind: 'example', route: index, weight: 1 })
    }
    const description = route.description ?? ''
    const hint = (text: string, standsIn: boolean) => {
      texts.push({
        text,
        kind: standsIn ? 'stand-in' : 'hint',
        route: index,
        weight: standsIn ? 1 : HINT_WEIGHT,
      })
    }
    // Without examples the description stands in for them, and without that the name.
    if (description !== '') hint(description, !hasExamples)
    const name = names[index]!
    const nameMustDo = !hasExamples && description === ''
    // What several routes are called ("route-1", "route-2") tells them apart no better than a number.
    if (name !== '' && (nameMustDo || !shared.has(name))) hint(name, nameMustDo)
  })
  const background = new Set([
    ...(routeSet.outOfScope ?? []),
    ...routeSet.routes.flatMap((route) => route.negatives ?? []),
  ])
  for (const text of background) {
    // A negative of one route may be another's example; then it is no evidence for "none".
    if (!exampleTexts.has(text)) texts.push({ text, kind: 'stray', route: -1, weight: 1 })
  }
  const weight = weightOfGenericTexts(routeSet.routes.length, exampleTexts.size)
  for (const text of GENERIC_TEXTS) {
    if (!exampleTexts.has(text) && !background.has(text))
      texts.push({ text, kind: 'generic', route: -1, weight })
  }
  return texts
}

/** The entries that occur more than once. */
function repeated(texts: readonly string[]): Set<string> {
  const seen = new Set<string>()
  return new Set(texts.filter((text) => seen.has(text) || !seen.add(text)))
}
