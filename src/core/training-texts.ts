import type { RouteSet } from '../contracts/index.ts'

/** One text that the head learns from. */
export interface TrainingText {
  readonly text: string
  /** Index of the route, or -1 for *no route* (the background class). */
  readonly route: number
  /** 1 = as much as one example. */
  readonly weight: number
  /** True for what is searched and shown as nearest example: the user's own or, without any, what stands in for them. */
  readonly isExample: boolean
  /** True for a name or description: never held out in calibration, since it is not how people ask. */
  readonly isHint: boolean
}

// A name or description says what a route is for, but not how people ask; it counts a little less than an example.
const HINT_WEIGHT = 0.7

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
      texts.push({ text, route: index, weight: 1, isExample: true, isHint: false })
    }
    const description = route.description ?? ''
    const hint = (text: string, standsIn: boolean) => {
      texts.push({
        text,
        route: index,
        weight: standsIn ? 1 : HINT_WEIGHT,
        isExample: standsIn,
        isHint: true,
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
    if (!exampleTexts.has(text)) texts.push({ text, route: -1, weight: 1, isExample: false, isHint: false })
  }
  return texts
}

/** The entries that occur more than once. */
function repeated(texts: readonly string[]): Set<string> {
  const seen = new Set<string>()
  return new Set(texts.filter((text) => seen.has(text) || !seen.add(text)))
}
