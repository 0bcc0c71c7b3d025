import { StrataError } from '../errors/index.ts'

/** When the slower encoder is asked; one of the two. Before *no match* it is asked always. */
export interface AskRule {
  /** For about this share of the queries that belong to the set, the least sure ones, above 0 and at most 1. */
  readonly share?: number
  /** For queries whose confidence is below, 0..1. */
  readonly below?: number
}

export const DEFAULT_ASK: AskRule = { share: 0.2 }
// Where no example could be held out, nobody knows how sure the faster router is of what it has not seen.
const ASK_BELOW_UNKNOWN = 0.8

/** The confidence below which about a share of the queries lie. */
export function askBelow({ share = 1, below }: AskRule, confidences: readonly number[]): number {
  if (below !== undefined) return below
  if (share === 1) return 1
  const sorted = [...confidences].sort((a, b) => a - b)
  return sorted[Math.floor(share * sorted.length)] ?? ASK_BELOW_UNKNOWN
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
