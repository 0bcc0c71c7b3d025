import type { FitProgress } from '../../contracts/index.ts'
import type { HeldOutEvidence } from '../calibration/cross-validation.ts'
import type { FeaturisedTexts } from '../features/training-rows.ts'
import type { Postings } from '../lexical/postings.ts'
import type { TrainingText } from '../training-texts.ts'
import type { QuantisedRows } from '../vectors/quantised-rows.ts'

/** Inverse strength of the L2 penalty. Accuracy is flat around it (10 and 60 differ by less than 0.2 points). */
export const COST = 30
export const FIT_SEED = 1

/** What a head learns from. */
export interface HeadInput {
  readonly texts: readonly TrainingText[]
  readonly featurised: FeaturisedTexts
  /** Of each route, see calibration/cohesion.ts. */
  readonly cohesion: Float32Array
  readonly onProgress: FitProgress
}

/** The linear head of a snapshot, and what it makes of examples that it has not seen. */
export interface FittedHead {
  readonly head: QuantisedRows
  readonly postings: Postings
  readonly held: HeldOutEvidence
}
