/**
 * Why a route was chosen or not. `match`: it reached its threshold. `rule`: a `force` rule chose it. The others are
 * *no match*: `out-of-scope`, it is more likely than not that no route is right; `ambiguous`, two routes are close and
 * only together reach the threshold; `below-threshold`, the best route is not sure enough.
 */
export type DecisionReason = 'match' | 'rule' | 'below-threshold' | 'out-of-scope' | 'ambiguous'

/** What came of asking a slower encoder; without an answer the faster one decides alone. */
export type AskOutcome = 'answered' | 'timed-out' | 'failed'

/** A route that was considered. */
export interface Candidate {
  /** Its name. */
  readonly route: string
  /** Probability that this route is right, 0..1 exclusive, to six decimals. */
  readonly confidence: number
  /** Uncalibrated, for ranking only. */
  readonly score: number
}

/** The answer to one query. Same snapshot and query: the same decision, bit for bit (`latencyUs` aside). */
export interface Decision {
  /** The chosen route, or null for *no match*. */
  readonly route: string | null
  /** Probability that the best candidate is right, whether or not it was chosen, 0..1 exclusive. */
  readonly confidence: number
  /** Probability that no route is right, 0..1 exclusive; `confidence` allows for it already. */
  readonly outOfScope: number
  /** The confidence that was needed. */
  readonly threshold: number
  /** Why the route was chosen, or none. */
  readonly reason: DecisionReason
  /** Best first: by confidence, then score, then route name. */
  readonly candidates: readonly Candidate[]
  /** Metadata of the chosen route; empty for *no match*. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** Fingerprint of the snapshot that decided. */
  readonly snapshot: string
  /** How long the decision took, the explanation included, in microseconds. */
  readonly latencyUs: number
  /** Of a cascade: name of the encoder that had the last word. */
  readonly encoder?: string
  /** Of a cascade, when the slower encoder was asked: whether it answered, and why not. */
  readonly asked?: AskOutcome
  /** Present when parts of the message ask for different routes: one entry a part, in order. */
  readonly intents?: readonly Intent[]
  /** Present when it was asked for. */
  readonly explanation?: Explanation
}

/** One of several requests found in a message. */
export interface Intent {
  /** Name of the route that this part asks for. */
  readonly route: string
  /** Probability that it does, 0..1 exclusive; at least the route's threshold. */
  readonly confidence: number
  /** The part of the message, as written. */
  readonly text: string
}

/** What a decision rests on, and what would change it. */
export interface Explanation {
  /** One sentence for people. */
  readonly summary: string
  /** The nearest three examples of the winner, then of the runner-up, by the cosine of the vectors. */
  readonly nearest: readonly {
    readonly route: string
    readonly example: string
    readonly similarity: number
  }[]
  /** Words of the query by what they added to the best candidate against the runner-up, in log odds; largest first. */
  readonly words: readonly { readonly text: string; readonly effect: number }[]
  /** Rules that matched. */
  readonly rules: readonly { readonly route: string; readonly then: string; readonly when: string }[]
  /** The second-best candidate; null when there is none. */
  readonly runnerUp: Candidate | null
  /** What would change the decision: words to leave out, and what it would be then; the threshold that turns it. */
  readonly flip: {
    readonly withoutWords?: readonly string[]
    readonly then?: string | null
    readonly threshold?: number
  }
  /** The part of the message that decided, when it was not the whole. */
  readonly segment?: string
  /** True when previous messages were needed to decide. */
  readonly usedContext: boolean
  /** Spelling corrections that were made before scoring. */
  readonly corrections: readonly { readonly from: string; readonly to: string }[]
}

/** What a caller may say about one query. */
export interface RouteOptions {
  /** Candidates to return, 1..100. Default 3. */
  readonly topK?: number
  /** Add an `explanation`; costs one scoring for each word. Default false. */
  readonly explain?: boolean
  /** Overrides the route's and the set's threshold, 0..1. */
  readonly threshold?: number
  /** Previous messages of the conversation, oldest first; read only when the message alone is unsure. */
  readonly context?: readonly string[]
  /** Only these routes or tags. */
  readonly include?: readonly string[]
  /** Not these routes or tags. */
  readonly exclude?: readonly string[]
  /** Compared with metadata rules. */
  readonly metadata?: Readonly<Record<string, string | number | boolean>>
}
