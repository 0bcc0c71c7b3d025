import type { AsyncEncoder, Encoder, FitReport } from '../contracts/index.ts'
import type { AskRule } from './ask-rule.ts'
import type { Asking } from './asker.ts'
import type { Join } from './cascade-join.ts'

/** What a cascade is made of. */
export interface CascadeParts {
  /** Answers what it is sure of. */
  readonly fast: Encoder
  /** Asked for the rest. */
  readonly slow: AsyncEncoder
  /** Default: `{ share: 0.2 }`. */
  readonly ask?: AskRule
  /** A signal that ends one asking when it has taken too long; without it the slower encoder takes as long as it takes. */
  readonly limit?: () => AbortSignal
  /** Told of each asking. */
  readonly onAsk?: (asking: Asking) => void
}

/** What a fit of a cascade did. */
export interface CascadeReport {
  readonly fast: FitReport
  readonly slow: FitReport
  /** Below it the faster router is not sure enough, 0..1; a confidence where `ask.below` states one. */
  readonly askBelow: number
  /** How much the opinion of each router counts. */
  readonly join: Join
}

/** Counts since the cascade was made. */
export interface CascadeCounts {
  /** The faster router was sure. */
  readonly sure: number
  /** The slower encoder was asked, and answered. */
  readonly answered: number
  /** It took too long. */
  readonly timedOut: number
  /** It failed. */
  readonly failed: number
}
