import type { Decision } from '../contracts/index.ts'

/** What decides: a `Router`, or anything that answers like one. */
export interface Decider {
  route(text: string): Decision
}

interface DecisionChange {
  readonly text: string
  readonly before: { readonly route: string | null; readonly confidence: number }
  readonly after: { readonly route: string | null; readonly confidence: number }
  /** The right route, where the row was labelled. */
  readonly expected?: string | null
}

/** A text, with the right route where it is known. */
export interface DiffRow {
  readonly text: string
  readonly route?: string | null
}

export interface DecisionDiff {
  readonly changed: number
  readonly of: number
  /** In the order of the rows. */
  readonly changes: readonly DecisionChange[]
}

/**
 * Which texts get another route, or *no match* instead of one, from `after` than from `before`.
 * A confidence that moved without changing the answer is no change.
 * @remarks Two decisions a row; throws what the routers throw.
 */
export function diffDecisions(before: Decider, after: Decider, rows: readonly DiffRow[]): DecisionDiff {
  const changes: DecisionChange[] = []
  for (const { text, route: expected } of rows) {
    const old = before.route(text)
    const now = after.route(text)
    if (old.route === now.route) continue
    changes.push({
      text,
      before: { route: old.route, confidence: old.confidence },
      after: { route: now.route, confidence: now.confidence },
      ...(expected === undefined ? {} : { expected }),
    })
  }
  return { changed: changes.length, of: rows.length, changes }
}
