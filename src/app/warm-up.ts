import type { Router } from '../core/index.ts'

const MOST_TEXTS = 300
const BUDGET_MS = 100

/**
 * Routes some of a set's own examples, so that the code that decides is compiled before the first caller waits for
 * it: the first decision takes milliseconds otherwise. Some texts are two examples, some misspelt, so that reading
 * parts and mending words is compiled too.
 * @param now milliseconds on a clock that never goes back
 * @returns the number of texts; at most 300, and none begun after 100 ms
 */
export function warmUp(router: Router, now: () => number): number {
  const examples = router.routeSet.routes.flatMap((route) => route.examples)
  const end = now() + BUDGET_MS
  let count = 0
  for (; examples.length > 0 && count < MOST_TEXTS && now() < end; count++) {
    // A stride that large sets do not divide by visits routes from all over the set.
    const text = examples[(count * 7919) % examples.length] as string
    if (count % 3 === 0) router.route(text)
    else if (count % 3 === 1) router.route(misspelt(text))
    else router.route(`${text}. ${examples[count % examples.length]}`)
  }
  return count
}

/** The text with a letter left out of each longer word. */
const misspelt = (text: string) => text.replace(/\p{L}{5,}/gu, (word) => word.slice(0, 2) + word.slice(3))
