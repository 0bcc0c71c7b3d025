import type { Conditions } from '../quality/result-file.ts'
import type { ModelCheck } from './environment.ts'
import type { Latency, Quality } from './figures.ts'
import type { Shots, Way } from './jobs.ts'
import type { Side } from './tasks.ts'

/** One router asked every query of one set. */
export interface QualityRun extends Quality {
  readonly side: Side
  readonly set: string
  readonly shots: Shots
  readonly seed: number
  readonly way: Way
  /** Seconds of calibrating with labelled data. */
  readonly fitSeconds: number | null
}

export interface OptionRun {
  readonly aggregation: string
  readonly topK: number
  readonly accuracy: number
}

/** 150 routes of `shots` examples in a fresh process. */
export interface ServeRun {
  readonly side: Side
  readonly shots: number
  /** `snapshot`: loaded as compiled before, which semantic-router has no way to do. */
  readonly from: 'routes' | 'snapshot'
  readonly buildSeconds: number
  readonly firstDecisionSeconds: number
  readonly residentReadyMb: number
  readonly residentAfterMb: number
  readonly latency: Latency
  readonly rounds: readonly Latency[]
  readonly cpuUs: number
  readonly encodeCpuUs: number | null
}

export interface SizeRun {
  readonly side: Side
  readonly megabytes: number
  readonly packages: number
  /** The largest, in megabytes. */
  readonly largest: Readonly<Record<string, number>>
}

export interface RivalsResult {
  readonly conditions: Conditions & {
    readonly load: number
    readonly python: string
    readonly semanticRouter: string
    readonly onnxruntime: string
    readonly threads: number
    readonly model: ModelCheck
  }
  readonly options: readonly OptionRun[]
  readonly quality: readonly QualityRun[]
  readonly encodeMsInBatch: number
  readonly serve: readonly ServeRun[]
  readonly size: readonly SizeRun[]
}
