import type { Candidate, Decision, Explanation, RouteSet } from '../contracts/index.ts'
import { exp, log, sigmoid } from '../util/exact-math.ts'
import { type Join, join, logOdds, type OpinionPair } from './cascade-join.ts'
import { DEFAULT_TOP_K } from './decider.ts'
import { summarise } from './explain.ts'
import { refusalReason } from './refusal-reason.ts'

/** Candidates that both routers are asked for, the most that there are. */
export const MOST_CANDIDATES = 100
const LEAST = 1e-6

interface Terms {
  readonly routeSet: RouteSet
  /** Of the call. */
  readonly threshold: number | undefined
  /** Of routes without a threshold of their own. */
  readonly defaultThreshold: number
  readonly topK: number | undefined
}

/**
 * What two decisions say of these routes and of all others together, which come last: routes that may not answer keep
 * what they would have had, so that nobody profits from their absence.
 */
export function opinionsOf(names: readonly string[], fast: Decision, slow: Decision): OpinionPair {
  const opinion = ({ candidates, outOfScope }: Decision) => {
    const known = new Map(candidates.map(({ route, confidence }) => [route, confidence]))
    const listed = candidates.reduce((sum, { confidence }) => sum + confidence, 0)
    const rest = Math.max(LEAST, 1 - outOfScope - listed)
    // A route that is not among the first hundred has its part of what they leave.
    const unlisted = Math.max(LEAST, rest / Math.max(1, names.length - candidates.length))
    const routes = Float64Array.from([...names.map((name) => known.get(name) ?? unlisted), rest], log)
    return { routes, belongs: logOdds(1 - outOfScope) }
  }
  return { fast: opinion(fast), slow: opinion(slow) }
}

/** One decision of two; the slower router's parts of the message, and the explanation of who saw the winner first. */
export function joinDecisions(fast: Decision, slow: Decision, weights: Join, terms: Terms): Decision {
  const names = [...new Set([...fast.candidates, ...slow.candidates].map(({ route }) => route))]
  const { routes, belongs } = join(opinionsOf(names, fast, slow), weights)
  const scope = sigmoid(belongs)
  const all: Candidate[] = names
    .map((route, place) => ({
      route,
      confidence: held(exp(routes[place]!) * scope),
      score: routes[place]!,
    }))
    .sort((a, b) => b.confidence - a.confidence || b.score - a.score || (a.route < b.route ? -1 : 1))
  const topK = terms.topK ?? DEFAULT_TOP_K
  const { intents: _, explanation: __, ...rest } = fast
  const joint: Decision = {
    ...rest,
    confidence: all[0]?.confidence ?? LEAST,
    outOfScope: held(1 - scope),
    candidates: all.slice(0, Math.max(2, topK)),
    ...(slow.intents ? { intents: slow.intents } : {}),
  }
  const concluded = conclude(joint, terms.routeSet, terms.threshold, terms.defaultThreshold)
  const source = slow.candidates[0]?.route === all[0]?.route || !fast.explanation ? slow : fast
  return {
    ...concluded,
    candidates: all.slice(0, topK),
    ...(source.explanation ? { explanation: explained(source.explanation, concluded) } : {}),
  }
}

/** The decision with the threshold of a cascade where it has another one. */
export function underThreshold(
  decision: Decision,
  routeSet: RouteSet,
  threshold: number | undefined,
  defaultThreshold: number,
): Decision {
  if (decision.reason === 'rule' || threshold !== undefined || decision.threshold === defaultThreshold)
    return decision
  return conclude(decision, routeSet, threshold, defaultThreshold)
}

function conclude(
  decision: Decision,
  { routes }: RouteSet,
  threshold: number | undefined,
  defaultThreshold: number,
): Decision {
  const { candidates, confidence, outOfScope } = decision
  const best = routes.find(({ name }) => name === candidates[0]?.route)
  const needed = threshold ?? best?.threshold ?? defaultThreshold
  const isChosen = best !== undefined && confidence >= needed
  return {
    ...decision,
    route: isChosen ? best.name : null,
    threshold: needed,
    reason: isChosen ? 'match' : refusalReason(outOfScope, candidates, needed),
    metadata: isChosen ? (best.metadata ?? {}) : {},
  }
}

/** The explanation of one router, for a decision of two: what would flip that one is not what would flip both. */
function explained(explanation: Explanation, joint: Decision): Explanation {
  const { summary: _, ...rest } = explanation
  const told = {
    ...rest,
    runnerUp: joint.candidates[1] ?? null,
    flip: joint.candidates.length === 0 ? {} : { threshold: joint.confidence },
  }
  return { summary: summarise(joint, told), ...told }
}

/** Confidence is never exactly 0 or 1. */
const held = (p: number) => Math.min(Math.max(p, LEAST), 1 - LEAST)
