/** What a subject of the benchmark is told; it returns what goes into its result file. */
export interface SubjectContext {
  /** A fraction of the work, to see that everything runs. */
  readonly isQuick: boolean
  readonly progress: (message: string) => void
}

export type Subject = (context: SubjectContext) => Promise<object>

/** The subjects in the order in which they are started: the longest first. */
export const SUBJECTS = [
  'accuracy',
  'guarantee',
  'small-sets',
  'scope',
  'names-hidden',
  'robustness',
] as const
export type SubjectName = (typeof SUBJECTS)[number]
/** What has a result file: the subjects, and the cascade, which is measured by a program of its own. */
export type ResultName = SubjectName | 'cascade'

/** Anything drawn beside the examples comes from this seed. */
export const BENCHMARK_SEED = 20_261
