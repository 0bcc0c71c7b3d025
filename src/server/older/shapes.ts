import type { Decision, RouteDefinition, Rule } from '../../contracts/index.ts'
import type { OlderDecision, OlderRoute } from './schemas.ts'

/** A decision made with its explanation, as the older REST page shows it. */
export function olderDecision(decision: Decision, k: number): OlderDecision {
  const { route, confidence, candidates, explanation, latencyUs } = decision
  const best = candidates[0]?.route
  const similarities = (explanation?.nearest ?? [])
    .filter((example) => example.route === best)
    .map(({ similarity }) => similarity)
  const matched = (explanation?.rules ?? []).filter((rule) => rule.route === best)
  const others = candidates.filter((candidate) => candidate.route !== (route ?? best))
  return {
    route_id: route,
    scores: {
      // A cosine may be below 0, or past 1 by rounding; the older scores are shares.
      semantic: Math.min(1, Math.max(0, ...similarities)),
      keyword: matched.some(({ then }) => then === 'favour') ? 1 : 0,
      pattern: matched.some(({ then }) => then === 'force') ? 1 : 0,
      total: confidence,
      confidence,
    },
    latency_ms: latencyUs / 1000,
    alternatives: others.slice(0, k - 1).map((candidate) => ({
      route_id: candidate.route,
      confidence: candidate.confidence,
    })),
  }
}

/** A route as the older REST page shows it; what that has no field for is left out. */
export function olderRoute(route: RouteDefinition): OlderRoute {
  const rules = route.rules ?? []
  return {
    id: route.name,
    description: route.description ?? '',
    examples: [...route.examples],
    keywords: rules.flatMap(({ when, then }) => (then === 'favour' && when.phrase ? [when.phrase] : [])),
    patterns: rules.flatMap((rule) => (rule.then === 'force' ? patternOf(rule) : [])),
    threshold: route.threshold ?? null,
  }
}

function patternOf({ when: { phrase, regex, flags } }: Rule): string[] {
  if (phrase !== undefined) return [phrase]
  return regex === undefined ? [] : [`/${regex}/${flags ?? ''}`]
}
