/** What is asked of a server, each body in turn; over again when all are sent. */
export interface Requests {
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly bodies: readonly string[]
}

/** How it is sent. */
export interface Load {
  readonly connections: number
  /** What comes in so many seconds counts. */
  readonly seconds: number
  /** Before that, so long without counting. */
  readonly warmUpSeconds?: number
  /** Requests due each second, whether or not earlier ones are answered. Absent: each connection sends on an answer. */
  readonly perSecond?: number
  /** Whether to time the pieces of streamed answers. */
  readonly timesPieces?: boolean
}

export interface LoadOutcome {
  readonly seconds: number
  /** All with status 200: any other one, a broken connection or a strange answer fails the run. */
  readonly answered: number
  readonly meanBodyBytes: number
  /** From when a request was due to the end of its answer. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** From when a request was due to the first piece of its answer, and between pieces; 0 where they were not timed. */
  readonly firstP50Ms: number
  readonly firstP99Ms: number
  readonly gapP50Ms: number
  readonly gapP99Ms: number
  readonly generatorCores: number
}

/** One stream on each of as many connections as there are bodies, all under way at once. */
export interface Crowd {
  /** In which they begin, one after another. */
  readonly arrivalSeconds: number
  /** What the events of each answer must say, in this order. */
  readonly expected: readonly (readonly string[])[]
}

export interface CrowdOutcome {
  readonly seconds: number
  readonly streams: number
  /** Streams that were answered with something else than 200, such as 503 where all are too many. */
  readonly refusedStreams: number
  /** Events with text that came, and that should have come, of the other streams. */
  readonly events: number
  readonly expectedEvents: number
  /** Streams with an event that is missing, twice, or out of its place, or without their end. */
  readonly brokenStreams: number
}

/** What the generator is told to do. */
export type GeneratorTask =
  | { readonly requests: Requests; readonly load: Load }
  | { readonly requests: Requests; readonly crowd: Crowd }

/** Who answers: the mock provider itself, or it through something in between. */
export type Side = 'direct' | 'bare' | 'ours' | 'routed' | 'portkey'

/** One round against one side. */
export interface Round {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Processor time of what is in between, for each request; null for the mock itself or where the system does not tell. */
  readonly cpuUs: number | null
  /** Share of the round in which it computed. */
  readonly cores: number | null
  readonly generatorCores: number
}

export interface StreamRound extends Round {
  readonly firstP50Ms: number
  readonly firstP99Ms: number
  readonly gapP50Ms: number
  readonly gapP99Ms: number
}

/** Rounds in alternating order, by the place in each list. */
export type Rounds<Each = Round> = Readonly<Partial<Record<Side, readonly Each[]>>>

export interface FrontierPoint {
  readonly connections: number
  readonly perSecond: number
  readonly p99Ms: number
}

export interface CrowdWave extends CrowdOutcome {
  /** Of the gateway when the wave was over. */
  readonly rssMb: number
}

export interface GatewayResult {
  readonly requestBytes: number
  readonly answerBytes: number
  readonly events: number
  /** 16 connections, a mock that answers after 20 ms. */
  readonly latency: Rounds
  /** 2,500 requests a second are due, the same mock. */
  readonly openLoop: Rounds
  /** One connection, a mock that answers at once. */
  readonly alone: Rounds
  /** 16 connections, the same mock. */
  readonly throughput: Rounds
  /** The same mock over more and more connections. */
  readonly frontier: Readonly<Partial<Record<Side, readonly FrontierPoint[]>>>
  /** 16 connections, streams with a pause between events. */
  readonly streams: Rounds<StreamRound>
  readonly crowd: readonly CrowdWave[]
  /** In MB: before the first request, and after all of the above. */
  readonly memory: Readonly<Partial<Record<Side, { readonly idleMb: number; readonly afterMb: number }>>>
}
