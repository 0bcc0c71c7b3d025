/** What the generator sends, each body in turn; over again when all are sent. */
export interface Requests {
  readonly path: string
  readonly bodies: readonly string[]
}

/** How it sends. */
export interface Load {
  readonly port: number
  readonly connections: number
  readonly seconds: number
  /** Requests due each second, whether or not earlier ones are answered. Absent: each connection sends on an answer. */
  readonly perSecond?: number
  /** Whether to read from each answer how long the decision took by the server's own clock. */
  readonly readsLatency?: boolean
}

export interface LoadOutcome {
  readonly seconds: number
  readonly answered: number
  /** Answered with 200. */
  readonly good: number
  readonly statuses: Readonly<Record<number, number>>
  readonly meanBodyBytes: number
  /** From when a request was due to its answer, of those answered with 200. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** The 99th percentile of what the answers say that their decisions took; 0 where it was not read. */
  readonly decisionP99Us: number
  readonly generatorCpuSeconds: number
}

/** One round against one server. */
export interface Round {
  readonly perSecond: number
  /** Requests for each second of processor time that the server took; null where the system does not tell. */
  readonly perCpuSecond: number | null
  /** Share of the round in which the server computed: below 0.9 of a core, something else held it up. */
  readonly cores: number | null
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Rounds of two sides in alternating order, by the place in each list. */
export interface Comparison {
  readonly base: readonly Round[]
  readonly ours: readonly Round[]
}

export interface RefitWindow {
  readonly httpP99Ms: number
  readonly decisionP99Us: number
  readonly requests: number
}

export interface OverloadOutcome {
  readonly what: string
  readonly connections: number
  readonly capacityPerSecond: number
  /** What was asked for; absent where each connection asked again on an answer. */
  readonly offeredPerSecond: number | null
  readonly goodPerSecond: number
  readonly refusedPerSecond: number
  readonly p99Ms: number
}

export interface LoadResult {
  readonly answerBytes: number
  /** Different texts. */
  readonly texts: number
  /** Single decisions: Node alone as the base. */
  readonly single: Comparison
  /** The same, with a number at the end of each text: a word that has never been seen before. */
  readonly withNewWords: Comparison
  /** Texts decided: one by one as the base, batches of 64 as ours. */
  readonly batch: Comparison
  /** The same over one connection. */
  readonly batchOfOneClient: Comparison
  /** Single decisions: one worker as the base, two as ours. */
  readonly workers: Comparison
  readonly refit: { readonly without: readonly RefitWindow[]; readonly during: readonly RefitWindow[] }
  readonly overload: readonly OverloadOutcome[]
  /** From the start of the process to the line that says it is ready, with the snapshot cached. */
  readonly start: { readonly examples: number; readonly ms: readonly number[] }
}
