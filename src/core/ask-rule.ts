import type { Decision } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import { sigmoid } from '../util/exact-math.ts'
import { logOdds } from './cascade-join.ts'

/** When the slower encoder is asked; one of the two. Before *no match* it is asked always. */
export interface AskRule {
  /**
   * For about this share of the queries that belong to the set, the least sure ones, above 0 and at most 1. Doubt
   * whether they belong counts for more here than it does in their confidence.
   */
  readonly share?: number
  /** For queries whose confidence is below, 0..1. */
  readonly below?: number
}

/** What the faster router is asked to be, not to have the slower one asked. */
export interface AskLine {
  /** Sureness below which the slower encoder is asked, 0..1. */
  readonly askBelow: number
  /** What the log odds that any route is right are multiplied by for it; 1 makes it the confidence. */
  readonly scopeWeight: number
}

export const DEFAULT_ASK: AskRule = { share: 0.2 }
// The line between in and out of scope is drawn steeply, so as to leave the confidence of what belongs alone, and says
// little of what lies a little on this side of it. Chosen on CLINC150 train -> val with oos_train and oos_val, whole
// routes held out as strays, and HWU64 train, 5 to 100 examples a route: from 0.5 down to 0.3 more strays are asked
// about at the same share and accuracy is the same within 0.15 points; less than that costs accuracy in small sets.
const SCOPE_WEIGHT = 0.4
// Where no example could be held out, nobody knows how sure the faster router is of what it has not seen.
const ASK_BELOW_UNKNOWN = 0.8

/** How sure a decision is of its first route, 0..1. */
export function sureness(
  { confidence, outOfScope }: Pick<Decision, 'confidence' | 'outOfScope'>,
  scopeWeight: number,
): number {
  if (scopeWeight === 1) return confidence
  const belongs = 1 - outOfScope
  return belongs <= 0 ? 0 : Math.min(1, confidence / belongs) * sigmoid(scopeWeight * logOdds(belongs))
}

/** The line below which about a share of the decisions lie, by decisions of queries that belong. */
export function askLine(
  { share = 1, below }: AskRule,
  decisions: readonly Pick<Decision, 'confidence' | 'outOfScope'>[],
): AskLine {
  if (below !== undefined) return { askBelow: below, scopeWeight: 1 }
  if (share === 1) return { askBelow: 1, scopeWeight: 1 }
  const sorted = decisions.map((decision) => sureness(decision, SCOPE_WEIGHT)).sort((a, b) => a - b)
  return {
    askBelow: sorted[Math.floor(share * sorted.length)] ?? ASK_BELOW_UNKNOWN,
    scopeWeight: SCOPE_WEIGHT,
  }
}

/** @throws StrataError `invalid_request` unless it is one of the two, in range */
export function checkAsk(ask: AskRule): AskRule {
  const { share, below } = ask
  const isShare = share !== undefined && share > 0 && share <= 1
  const isBelow = below !== undefined && below >= 0 && below <= 1
  if ((isShare && below === undefined) || (isBelow && share === undefined)) return ask
  throw new StrataError(
    'invalid_request',
    `Expected ask to be { share } above 0 and at most 1, or { below } from 0 to 1, got ${JSON.stringify(ask)}.`,
  )
}
