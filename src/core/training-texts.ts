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

// What all generic texts together weigh, in routes with the mean number of examples: 0.2 beside two routes, 1/32 beside
// 13 to 64, two shared out among more. A set of two routes would otherwise take nearly every text for one of them; one of
// a hundred knows well enough what is foreign to it.
const GENERIC_ROUTES_SHARED = 0.4
const FEWEST_GENERIC_ROUTES = 1 / 32
const MOST_GENERIC_ROUTES_SHARED = 2

// What the user's own strays together weigh at most, likewise. With full weight each, thirty of them beside three
// examples a route would draw a fifth of what belongs to themselves.
const FEWEST_STRAY_ROUTES = 0.5
const STRAY_ROUTES_PER_ROOT = 1 / 6

function weightOfGenericTexts(routes: number, perRoute: number): number {
  const shared = Math.max(GENERIC_ROUTES_SHARED / routes, FEWEST_GENERIC_ROUTES)
  return (perRoute * Math.min(shared, MOST_GENERIC_ROUTES_SHARED / routes)) / GENERIC_TEXTS.length
}

function weightOfStrays(routes: number, perRoute: number, strays: number): number {
  const most = Math.max(FEWEST_STRAY_ROUTES, STRAY_ROUTES_PER_ROOT * Math.sqrt(routes))
  return Math.min(1, (perRoute * most) / strays)
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
  const routes = Math.max(1, routeSet.routes.length)
  const perRoute = Math.max(1, exampleTexts.size / routes)
  const strayWeight = weightOfStrays(routes, perRoute, background.size)
  for (const text of background) {
    // A negative of one route may be another's example; then it is no evidence for "none".
    if (!exampleTexts.has(text)) texts.push({ text, kind: 'stray', route: -1, weight: strayWeight })
  }
  const genericWeight = weightOfGenericTexts(routes, perRoute)
  for (const text of GENERIC_TEXTS) {
    if (!exampleTexts.has(text) && !background.has(text))
      texts.push({ text, kind: 'generic', route: -1, weight: genericWeight })
  }
  return texts
}

/** The entries that occur more than once. */
function repeated(texts: readonly string[]): Set<string> {
  const seen = new Set<string>()
  return new Set(texts.filter((text) => seen.has(text) || !seen.add(text)))
}
