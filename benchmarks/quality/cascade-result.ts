import type { Join } from '../../src/index.ts'
import type { Shots } from './accuracy.ts'
import type { SetName } from './datasets.ts'

/** One route set under a cascade. All shares are 0..1. */
export interface CascadeRound {
  readonly set: SetName
  readonly shots: Exclude<Shots, 'descriptions'>
  readonly seed: number
  /** Share of the test queries that were asked for, at the confidence that cross-validation chose. */
  readonly asked: number
  readonly askBelow: number
  /** Accuracy of the built-in encoder alone, and of the cascade. */
  readonly fastAccuracy: number
  readonly accuracy: number
  /** Of the queries asked for. */
  readonly askedFastAccuracy: number
  readonly askedAccuracy: number
  /** Accuracy with exactly the least sure fifth of the test queries asked for, read off the test set. */
  readonly accuracyAtFifth: number
  /** Accuracy with every query asked for. */
  readonly accuracyAtAll: number
  readonly ece: number
  readonly eceByChance: number
  readonly coverageAt975: number
  readonly join: Join
}

/** Telling queries that no route should take. */
export interface CascadeScopeRound {
  readonly title: string
  readonly way: 'val' | 'labels'
  readonly auroc: number
  readonly threshold: number
  readonly refused: number
  readonly recall: number
  readonly eceMixed: number
  /** Share asked for of the queries that belong, and of those that do not. */
  readonly askedInScope: number
  readonly askedOutOfScope: number
}

/** What asking costs, with nothing kept on disk. */
export interface CascadeTiming {
  readonly askedMs: { readonly p50: number; readonly p99: number }
  readonly sureUs: { readonly p50: number; readonly p99: number }
  readonly queries: number
}

export interface CascadeResult {
  readonly encoder: { readonly name: string; readonly fingerprint: string; readonly dimensions: number }
  readonly rounds: readonly CascadeRound[]
  readonly scope: readonly CascadeScopeRound[]
  readonly timing: CascadeTiming
}
