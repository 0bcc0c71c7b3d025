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

/** `force` chooses the route, `forbid` takes it out, `favour` multiplies its odds by about 7. */
export type RuleEffect = 'force' | 'forbid' | 'favour'

/** A certainty about a route: what follows when a condition holds. */
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
  /** What belongs here, in a line; read as a weak example. */
  readonly description?: string
  /** Texts that belong here; may be empty when name or description says enough. */
  readonly examples: readonly string[]
  /** Texts that must not go here. */
  readonly negatives?: readonly string[]
  /** Certainties that come before what was learnt. */
  readonly rules?: readonly Rule[]
  /** Confidence this route needs to be chosen, 0..1; overrides the set's. */
  readonly threshold?: number
  /** Groups for `include` and `exclude`. */
  readonly tags?: readonly string[]
  /** Free; returned with the decision. */
  readonly metadata?: Readonly<Record<string, unknown>>
  /** Carried along unread. */
  readonly target?: Target
}

/** A whole route set. */
export interface RouteSet {
  /** In file order; names are unique. */
  readonly routes: readonly RouteDefinition[]
  /** Example queries that no route should take. */
  readonly outOfScope?: readonly string[]
  /** What applies to routes that say nothing else. */
  readonly defaults?: {
    /** Confidence a route needs to be chosen, 0..1. Default 0.5. */
    readonly threshold?: number
    /** Be wrong at most this share of the times a route is chosen, 0..1; needs labelled data at fit time. */
    readonly maxErrorRate?: number
  }
}

/** One row of labelled data; `route: null` means that no route is right. */
export interface LabelledText {
  /** As a user wrote it. */
  readonly text: string
  /** Name of the route that is right. */
  readonly route: string | null
}
