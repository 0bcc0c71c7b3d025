/** The two sides that are compared. */
export type Side = 'stratarouter' | 'semantic-router'

/** One router over one route set, asked every query. Files are JSON (`routes`) and JSONL of labelled texts. */
export interface DecideJob {
  readonly routes: string
  readonly queries: string
  /** Labelled texts to calibrate with; absent: as the router comes. */
  readonly data?: string
  /** Options of semantic-router; its defaults where absent. */
  readonly aggregation?: string
  readonly top_k?: number
}

/** What a process of either side is asked to measure; vectors are encoded beforehand for semantic-router alone. */
export type Task =
  | {
      readonly kind: 'encode'
      readonly texts: readonly string[]
      readonly vectors: string
      readonly order: string
    }
  | {
      readonly kind: 'decide'
      readonly jobs: readonly DecideJob[]
      readonly vectors?: string
      readonly order?: string
    }
  | ServeTask
  | { readonly kind: 'size' }

export interface ServeTask {
  readonly kind: 'serve'
  readonly routes: string
  readonly queries: string
  readonly calls: number
  readonly rounds: number
  readonly threads: number
  /** A compiled snapshot to load instead of fitting the routes. */
  readonly snapshot?: string
  /** Where to leave the snapshot after fitting. */
  readonly save?: string
}

/** The best route, its confidence, whether that was enough, and how doubtful it is that any route is right. */
export type Decided = readonly [best: string | null, confidence: number, isChosen: boolean, doubt: number]

export interface DecideOutcome {
  readonly outcomes: readonly {
    readonly decisions: readonly Decided[]
    readonly fitted: { readonly seconds: number } | null
  }[]
}

export interface ServeOutcome {
  /** From routes, or a snapshot, in memory to a router that decides. */
  readonly buildSeconds: number
  readonly residentReadyMb: number
  readonly residentAfterMb: number
  /** Microseconds of every call, in order. */
  readonly rounds: readonly (readonly number[])[]
  /** Mean processor time of a call, all threads: what other work on the machine does not lengthen much. */
  readonly cpuUs: number
  /** Of that, encoding; null where it is not a step apart. */
  readonly encodeCpuUs: number | null
}

export interface SizeOutcome {
  readonly bytes: Readonly<Record<string, number>>
  readonly version: string
  readonly python: string
}
