import type { Decision, EncodeOptions, Evaluation, LabelledText, RouteOptions } from '../contracts/index.ts'
import { checkLabels } from './evaluation/check-labels.ts'
import { evaluateDecisions } from './evaluation/evaluate.ts'
import type { Router } from './router.ts'

/** How well a cascade decides, and what asking the slower encoder gained. Shares are 0..1; null where no row applies. */
export interface CascadeEvaluation extends Evaluation {
  readonly cascade: {
    /** Rows that the slower encoder was asked for. */
    readonly asked: number | null
    /** In-scope rows that it was asked for. */
    readonly askedInScope: number | null
    /** Of the in-scope rows asked for: those whose best route is right by the faster router alone, and with both. */
    readonly accuracyOfFast: number | null
    readonly accuracyOfBoth: number | null
    /** Asked for, but not answered in time or at all. */
    readonly unanswered: number
    /** How long half of the rows that were asked for took at most, and 99% of them. */
    readonly askedMs: { readonly p50: number; readonly p99: number }
  }
}

/** What is needed of a cascade. */
interface Evaluated {
  readonly fast: Router
  routeManyAsync(
    texts: readonly string[],
    options: RouteOptions & EncodeOptions,
  ): Promise<readonly Decision[]>
}

/** Decides every row, and those asked for by the faster router alone as well. */
export async function evaluateCascade(
  cascade: Evaluated,
  data: readonly LabelledText[],
  options: RouteOptions & EncodeOptions,
): Promise<CascadeEvaluation> {
  checkLabels(
    data,
    cascade.fast.routeSet.routes.map(({ name }) => name),
  )
  const decisions = await cascade.routeManyAsync(
    data.map(({ text }) => text),
    options,
  )
  const asked = [...decisions.keys()].filter((row) => decisions[row]!.asked !== undefined)
  const inScope = (rows: readonly number[]) => rows.filter((row) => data[row]!.route !== null)
  const { signal: _, ...plain } = options
  const isRight = (row: number, decision: Decision) => decision.candidates[0]?.route === data[row]!.route
  const milliseconds = Float64Array.from(asked, (row) => decisions[row]!.latencyUs / 1000).sort()
  const rank = (part: number) => milliseconds[Math.max(0, Math.ceil(part * milliseconds.length) - 1)] ?? 0
  const askedInScope = inScope(asked)
  return {
    ...evaluateDecisions(
      data,
      decisions,
      decisions.map(({ latencyUs }) => latencyUs),
    ),
    cascade: {
      asked: share(asked.length, data.length),
      askedInScope: share(askedInScope.length, inScope([...data.keys()]).length),
      accuracyOfFast: share(
        askedInScope.filter((row) => isRight(row, cascade.fast.route(data[row]!.text, plain))).length,
        askedInScope.length,
      ),
      accuracyOfBoth: share(
        askedInScope.filter((row) => isRight(row, decisions[row]!)).length,
        askedInScope.length,
      ),
      unanswered: asked.filter((row) => decisions[row]!.asked !== 'answered').length,
      askedMs: { p50: rank(0.5), p99: rank(0.99) },
    },
  }
}

const share = (count: number, of: number) => (of === 0 ? null : count / of)
