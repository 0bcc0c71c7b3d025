import type { Decision, RouteSet } from '../contracts/index.ts'
import { sigmoid } from '../util/exact-math.ts'
import { type AskRule, askLine, sureness } from './ask-rule.ts'
import { scopeThreshold } from './calibration/scope-threshold.ts'
import { joinDecisions, MOST_CANDIDATES, opinionsOf } from './cascade-decision.ts'
import type { CascadeState } from './cascade-file.ts'
import {
  confidenceOf,
  fitJoinOnHeldOut,
  type HeldOutOpinion,
  heldOutOpinions,
  refineJoin,
  strayWeight,
} from './cascade-join.ts'
import type { WatchHeldOut } from './compile-routes.ts'

// Fewer labelled queries say less of how many lie below a line than the examples do.
const FEWEST_TO_ASK_BY = 100

/** Collects what the fits of both routers make of the examples that they held out, the fit of the slower one first. */
export class HeldOutPair {
  readonly watch: WatchHeldOut
  readonly #held: HeldOutOpinion[][] = []

  /** @param routes number of routes */
  constructor(routes: number) {
    this.watch = (evidence, calibration) => {
      this.#held.push(heldOutOpinions(evidence, calibration, routes))
    }
  }

  /** How to join the two and when to ask, by those examples; the threshold is that of the faster router. */
  calibrate(ask: AskRule, threshold: number): CascadeState {
    const [slow = [], fast = []] = this.#held
    const decisions = fast.map((opinion) => ({
      confidence: confidenceOf(opinion),
      outOfScope: 1 - sigmoid(opinion.belongs),
    }))
    return { join: fitJoinOnHeldOut(fast, slow), ...askLine(ask, decisions), threshold }
  }
}

/** What both routers make of labelled texts, each with `MOST_CANDIDATES` candidates. */
interface LabelledDecisions {
  readonly fast: readonly Decision[]
  readonly slow: readonly Decision[]
  /** Name of the right route of each, or null. */
  readonly labels: readonly (string | null)[]
}

/** Join, line to ask below and, where the set states none, threshold, improved by labelled texts. */
export function calibrateCascade(
  before: CascadeState,
  { fast, slow, labels }: LabelledDecisions,
  ask: AskRule,
  routeSet: RouteSet,
): CascadeState {
  const names = routeSet.routes.map(({ name }) => name)
  const placeOf = new Map(names.map((name, place) => [name, place]))
  const places = labels.map((label) => (label === null ? -1 : (placeOf.get(label) as number)))
  const inside = fast.filter((_, row) => labels[row] !== null)
  const line =
    ask.share === undefined || inside.length < FEWEST_TO_ASK_BY
      ? { askBelow: before.askBelow, scopeWeight: before.scopeWeight }
      : askLine(ask, inside)
  const isAsked = (decision: Decision) =>
    decision.reason !== 'rule' && sureness(decision, line.scopeWeight) < line.askBelow
  const asked = [...fast.keys()].filter((row) => isAsked(fast[row]!))
  const join = refineJoin(
    before.join,
    asked.map((row) => opinionsOf(names, fast[row]!, slow[row]!)),
    asked.map((row) => places[row]!),
    // By all rows: among those asked about there are more strays than in the traffic.
    strayWeight(places),
  )
  const state = { ...before, ...line, join }
  if (routeSet.defaults?.threshold !== undefined) return state
  const terms = { routeSet, threshold: undefined, defaultThreshold: before.threshold, topK: MOST_CANDIDATES }
  const chosen = scopeThreshold(
    fast.map((alone, row) => {
      const { confidence, candidates } = isAsked(alone)
        ? joinDecisions(alone, slow[row]!, join, terms)
        : alone
      return {
        confidence,
        isInScope: labels[row] !== null,
        isRight: candidates[0]?.route === labels[row],
      }
    }),
  )
  return chosen ? { ...state, threshold: chosen.threshold } : state
}
