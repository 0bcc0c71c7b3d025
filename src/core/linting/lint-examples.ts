import type { Decision, Encoder, RouteSet } from '../../contracts/index.ts'
import { type LintProblem, quoted } from './lint-problem.ts'
import { textKey } from './lint-texts.ts'
import { EXACT_LIMIT, nearDuplicates } from './near-duplicates.ts'

/** Cosine from which two examples mean the same to the encoder. */
const OVERLAP_SIMILARITY = 0.95
/** Examples that are decided to see whether they come back; more are sampled evenly from each route. */
const MAX_ROUTED_EXAMPLES = 20_000

const PAIRS_SHOWN = 3

/** Examples of different routes that the encoder can hardly tell apart; the very same text is `lintTexts`' business. */
export function lintOverlaps(routeSet: RouteSet, encoder: Encoder): LintProblem[] {
  const texts: string[] = []
  const groups: number[] = []
  const seen = new Set<string>()
  routeSet.routes.forEach((route, index) => {
    for (const example of route.examples) {
      const key = textKey(example)
      if (seen.has(key)) continue
      seen.add(key)
      texts.push(example)
      groups.push(index)
    }
  })
  const vectors = new Float32Array(texts.length * encoder.dimensions)
  texts.forEach((text, index) => {
    encoder.encode(text, vectors.subarray(index * encoder.dimensions, (index + 1) * encoder.dimensions))
  })
  const byRoutes = new Map<string, { routes: string[]; pairs: string[] }>()
  for (const { first, second, similarity } of nearDuplicates(
    vectors,
    encoder.dimensions,
    groups,
    OVERLAP_SIMILARITY,
  )) {
    const routes = [groups[first]!, groups[second]!].map((index) => routeSet.routes[index]!.name)
    const key = routes.join(' ')
    const group = byRoutes.get(key) ?? { routes, pairs: [] }
    byRoutes.set(key, group)
    group.pairs.push(`${quoted(texts[first]!)} and ${quoted(texts[second]!)} (${similarity.toFixed(2)})`)
  }
  const problems: LintProblem[] = [...byRoutes.values()].map(({ routes, pairs }) => ({
    kind: 'overlap',
    severity: 'warning',
    routes,
    detail: `${pairs.length === 1 ? 'Two examples say' : `${pairs.length} pairs of examples say`} nearly the same: ${pairs.slice(0, PAIRS_SHOWN).join('; ')}.`,
    suggestion: 'Move each to the route that should answer it, reword it, or join the routes.',
  }))
  if (texts.length > EXACT_LIMIT) {
    problems.push({
      kind: 'not-all-checked',
      severity: 'info',
      routes: [],
      detail: `With ${texts.length} examples, overlaps were searched approximately; some may be missing.`,
      suggestion: 'Lint parts of the set by themselves to be certain.',
    })
  }
  return problems
}

/** Examples whose best route is not their own. */
export function lintDecisions(routeSet: RouteSet, decide: (text: string) => Decision): LintProblem[] {
  const total = routeSet.routes.reduce((sum, route) => sum + route.examples.length, 0)
  const step = Math.max(1, Math.ceil(total / MAX_ROUTED_EXAMPLES))
  const byRoutes = new Map<string, { routes: string[]; texts: string[] }>()
  for (const route of routeSet.routes) {
    for (let index = 0; index < route.examples.length; index += step) {
      const example = route.examples[index]!
      const decision = decide(example)
      const best = decision.reason === 'rule' ? decision.route : decision.candidates[0]?.route
      if (best === route.name || best === undefined || best === null) continue
      const key = `${route.name} ${best}`
      const group = byRoutes.get(key) ?? { routes: [route.name, best], texts: [] }
      byRoutes.set(key, group)
      group.texts.push(example)
    }
  }
  const problems: LintProblem[] = [...byRoutes.values()].map(({ routes, texts }) => ({
    kind: 'misrouted-examples',
    severity: 'warning',
    routes,
    detail: `${texts.length === 1 ? 'An example' : `${texts.length} examples`} of ${routes[0]} would go to ${routes[1]}: ${texts.slice(0, PAIRS_SHOWN).map(quoted).join(', ')}.`,
    suggestion: `Add examples like these to ${routes[0]}, move them, or make rules of ${routes[1]} narrower.`,
  }))
  if (step > 1) {
    problems.push({
      kind: 'not-all-checked',
      severity: 'info',
      routes: [],
      detail: `Of ${total} examples every ${step}th of each route was decided.`,
      suggestion: 'Lint parts of the set by themselves to see all.',
    })
  }
  return problems
}
