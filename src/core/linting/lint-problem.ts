/** Something about a route set that will hurt, and how to mend it. */
export interface LintProblem {
  readonly kind: LintKind
  /** Error: cannot do what was meant. Warning: will cost accuracy. Info: worth knowing. */
  readonly severity: 'error' | 'warning' | 'info'
  /** Names of the routes concerned; empty when it is the whole set. */
  readonly routes: readonly string[]
  readonly detail: string
  readonly suggestion: string
}

export type LintKind =
  | 'no-routes'
  | 'no-examples'
  | 'few-examples'
  | 'unbalanced-examples'
  | 'similar-names'
  | 'unreachable-threshold'
  | 'unmet-error-rate'
  | 'repeated-example'
  | 'shared-example'
  | 'negative-is-example'
  | 'out-of-scope-is-example'
  | 'contradictory-rules'
  | 'competing-rules'
  | 'overlap'
  | 'misrouted-examples'
  | 'unused-field'
  | 'not-all-checked'

/** A text in quotes, short enough for one line. */
export function quoted(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return `"${line.length <= 60 ? line : `${line.slice(0, 57)}...`}"`
}
