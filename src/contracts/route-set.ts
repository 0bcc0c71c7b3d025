/** When a rule applies. Exactly one of the fields is given. */
export interface RuleCondition {
  /** A literal phrase, matched on word boundaries, ignoring case and accents. */
  readonly phrase?: string
  /** A regular expression in RE2 syntax (linear time: no look-around, no back-references). */
  readonly regex?: string
  /** Flags of `regex`: any of `i`, `m`, `s`. Default `i`. */
  readonly flags?: string
  /** Request metadata that must be equal, key by key. */
  readonly metadata?: Readonly<Record<string, string | number | boolean>>
}

export type RuleEffect = 'force' | 'forbid' | 'favour'

export interface Rule {
  readonly when: RuleCondition
  readonly then: RuleEffect
  /** Higher is tried first among `force` rules; ties go by file order. Default 0. */
  readonly priority?: number
}

/** What a route leads to; used by `execute`, carried through unread by routing. */
export type Target = Readonly<Record<string, unknown>>

/** One route as the engine takes it: aliases resolved, defaults not yet applied. */
export interface RouteDefinition {
  /** Unique in its set; `[A-Za-z0-9._:-]{1,128}`. */
  readonly name: string
  readonly description?: string
  readonly examples: readonly string[]
  /** Texts that must not go here. */
  readonly negatives?: readonly string[]
  readonly rules?: readonly Rule[]
  /** Confidence this route needs to be chosen, 0..1; overrides the set's. */
  readonly threshold?: number
  readonly tags?: readonly string[]
  /** Free; returned with the decision. */
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly target?: Target
}

/** A whole route set. */
export interface RouteSet {
  readonly routes: readonly RouteDefinition[]
  /** Example queries that no route should take. */
  readonly outOfScope?: readonly string[]
  readonly defaults?: {
    /** Confidence a route needs to be chosen, 0..1. Default 0.5. */
    readonly threshold?: number
    /** Be wrong at most this share of the times a route is chosen, 0..1; needs labelled data at fit time. */
    readonly maxErrorRate?: number
  }
}

/** One row of labelled data; `route: null` means that no route is right. */
export interface LabelledText {
  readonly text: string
  readonly route: string | null
}
