/** What a fit did. */
export interface FitReport {
  /** Number of routes. */
  readonly routes: number
  /** Number of distinct examples; a route without any counts its name and description. */
  readonly examples: number
  /** Share of held-out examples whose best route is right; null when there are too few to hold any out. */
  readonly accuracyCv: number | null
  /** Expected calibration error on held-out examples; null likewise. */
  readonly eceCv: number | null
  /** What `eceCv` would be by chance alone if confidence were perfect; null likewise. */
  readonly eceCvByChance: number | null
  /** The confidence a route needs to be chosen, and where that comes from. */
  readonly thresholds: {
    /** For routes without a threshold of their own, 0..1. */
    readonly default: number
    /** Set when out-of-scope labels chose the default: shares of the labelled rows answered *no match* at it. */
    readonly scope?: { readonly inScopeRejected: number; readonly oosRecall: number }
    /** Set by `maxErrorRate`: the promise and what it costs. */
    readonly guarantee?: {
      /** Largest share of wrong answers among those given. */
      readonly maxErrorRate: number
      /** Probability over the draw of the labelled data with which the promise may fail. */
      readonly delta: number
      /** Share of the held-out rows that are acted on at the threshold. */
      readonly coverage: number
      /** Labelled rows that the promise was tested on. */
      readonly rows: number
    }
  }
  /** How long the fit took. */
  readonly seconds: number
  /** Size of the snapshot, nearly all of it arrays. */
  readonly bytes: number
}

/** Progress of a fit: `done` of `total` units of work. */
export type FitProgress = (progress: { stage: string; done: number; total: number }) => void

/** How well a router decides on labelled data. All shares and probabilities are 0..1; null where no row applies. */
export interface Evaluation {
  /** Number of rows. */
  readonly n: number
  /** Rows that a route is right for. */
  readonly inScope: number
  /** Rows that no route is right for. */
  readonly outOfScope: number
  /** The best route is right, thresholds ignored, on in-scope rows. */
  readonly inScopeAccuracy: number | null
  /** The decision (route or no match) is right, on all rows. */
  readonly thresholdedAccuracy: number | null
  /** Out-of-scope rows answered *no match*. */
  readonly oosRecall: number | null
  /** Rows answered *no match* that are out of scope. */
  readonly oosPrecision: number | null
  /** In-scope rows answered *no match*. */
  readonly inScopeRejected: number | null
  /** Area under the ROC curve of `outOfScope` as a detector of out-of-scope rows. */
  readonly oosAuroc: number | null
  /** Expected calibration error of the top confidence on in-scope rows; 15 equal-mass bins. */
  readonly ece: number | null
  /** The same over all rows; an out-of-scope row is right only if answered *no match*. */
  readonly eceMixed: number | null
  /** Mean squared distance between the top confidence and 1 or 0, right or wrong, on in-scope rows. */
  readonly brier: number | null
  /** Area under the risk-coverage curve of in-scope rows. */
  readonly aurc: number | null
  /** Largest share of in-scope rows, taken by falling confidence, whose accuracy is at least 0.975. */
  readonly coverageAt975: number | null
  /** Microseconds that half of the decisions, and 99% of them, took at most. */
  readonly latencyUs: { readonly p50: number; readonly p99: number }
  /** What was expected and what came instead, the most frequent pairs first; null is *no match*. */
  readonly confusions: readonly {
    readonly expected: string | null
    readonly got: string | null
    readonly count: number
    readonly examples: readonly string[]
  }[]
  /** Wrong decisions, the surest first. */
  readonly misses: readonly {
    readonly text: string
    readonly expected: string | null
    readonly got: string | null
    readonly confidence: number
  }[]
  /** Reliability diagram: equal-mass bins of in-scope rows by top confidence. */
  readonly reliability: readonly {
    readonly confidence: number
    readonly accuracy: number
    readonly count: number
  }[]
  /** Risk against coverage at a grid of thresholds, to choose one from. */
  readonly thresholdCurve: readonly {
    readonly threshold: number
    /** Share of all rows answered with a route. */
    readonly coverage: number
    /** Share of those answers that are wrong. */
    readonly errorRate: number
    readonly oosRecall: number | null
    readonly inScopeRejected: number | null
  }[]
}
