import type { RouteSet } from '../contracts/index.ts'

/** One text that the head learns from. */
export interface TrainingText {
  readonly text: string
  /** Index of the route, or -1 for *no route* (the background class). */
  readonly route: number
  /** 1 = as much as one example. */
  readonly weight: number
  /** True for the user's own examples, which alone are shown as nearest examples and held out in calibration. */
  readonly isExample: boolean
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
  routeSet.routes.forEach((route, index) => {
    const hasExamples = route.examples.length > 0
    for (const text of new Set(route.examples)) {
      exampleTexts.add(text)
      texts.push({ text, route: index, weight: 1, isExample: true })
    }
    for (const hint of [nameAsText(route.name), route.description ?? '']) {
      if (hint === '') continue
      // Without examples the hints stand in for them.
      texts.push({ text: hint, route: index, weight: hasExamples ? HINT_WEIGHT : 1, isExample: !hasExamples })
    }
  })
  const background = new Set([
    ...(routeSet.outOfScope ?? []),
    ...routeSet.routes.flatMap((route) => route.negatives ?? []),
  ])
  for (const text of background) {
    // A negative of one route may be another's example; then it is no evidence for "none".
    if (!exampleTexts.has(text)) texts.push({ text, route: -1, weight: 1, isExample: false })
  }
  return texts
}
