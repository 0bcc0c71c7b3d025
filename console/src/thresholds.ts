import type { Decision, RouteSet } from '../../src/contracts/index.ts'

/** The engine's own, where nothing else is said. */
const DEFAULT_THRESHOLD = 0.5

/** The threshold of routes without their own; a fit on labelled data may have chosen it, which only a decision shows. */
export function setThresholdOf(set: RouteSet | null, decision: Decision | null): number {
  const best = decision?.candidates[0]?.route
  const own = set?.routes.find(({ name }) => name === best)?.threshold
  if (decision && best !== undefined && own === undefined) return decision.threshold
  return set?.defaults?.threshold ?? DEFAULT_THRESHOLD
}

/** The confidence that a route needs. */
export function thresholdOf(name: string, set: RouteSet | null, decision: Decision | null): number {
  const own = set?.routes.find((route) => route.name === name)?.threshold
  return own ?? setThresholdOf(set, decision)
}
