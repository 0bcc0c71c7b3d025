import type { Evaluation, LabelledText, RouteOptions } from '../contracts/index.ts'
import { type DecisionDiff, type DiffRow, diffDecisions } from '../core/diff-decisions.ts'
import { checkLabels } from '../core/evaluation/check-labels.ts'
import { evaluateDecisions } from '../core/evaluation/evaluate.ts'
import type { Router } from '../core/index.ts'

/** What is scored. */
interface Opened {
  readonly router: Pick<Router, 'snapshot' | 'routeSet' | 'route'>
}

type Comparable = Pick<Router, 'snapshot' | 'route'>

/** What tests replace. */
interface Pacing {
  readonly nowMs: () => number
  readonly pause: () => Promise<void>
}

const LONGEST_SLICE_MS = 4
/** After so many edits meanwhile the rows are decided in one go. */
const MOST_TRIES = 3

const real: Pacing = {
  nowMs: () => performance.now(),
  pause: () => new Promise((resolve) => setImmediate(resolve)),
}

/** Scores routers on labelled data without holding up the decisions of others: a few milliseconds at a time, one by one. */
export class EvaluationQueue {
  readonly #pacing: Pacing
  #last: Promise<unknown> = Promise.resolve()

  constructor(pacing: Pacing = real) {
    this.#pacing = pacing
  }

  /**
   * As `Router.evaluate`. All rows are decided by one snapshot: when the router is edited meanwhile, it begins again.
   * @param open what to score, as it is when called
   * @throws StrataError `invalid_data` for labels that name no route, and what `open` does
   */
  evaluate<What extends Opened>(
    open: () => Promise<What>,
    data: readonly LabelledText[],
    options: RouteOptions = {},
  ): Promise<{ readonly opened: What; readonly evaluation: Evaluation }> {
    return this.#inTurn(async () => {
      for (let tries = 1; ; tries++) {
        const opened = await open()
        const { router } = opened
        const { snapshot, routeSet } = router
        checkLabels(
          data,
          routeSet.routes.map(({ name }) => name),
        )
        const decisions = await this.#inSlices(
          data,
          ({ text }) => router.route(text, options),
          () => router.snapshot === snapshot,
          tries < MOST_TRIES,
        )
        if (router.snapshot !== snapshot) continue
        const latencies = decisions.map(({ latencyUs }) => latencyUs)
        return { opened, evaluation: evaluateDecisions(data, decisions, latencies) }
      }
    })
  }

  /**
   * As `diffDecisions`, each of the two routers being one snapshot for all rows.
   * @param open what to compare, as it is when called
   * @throws StrataError what `open` does
   */
  diff(
    open: () => Promise<{ readonly before: Comparable; readonly after: Comparable }>,
    rows: readonly DiffRow[],
  ): Promise<DecisionDiff> {
    return this.#inTurn(async () => {
      for (let tries = 1; ; tries++) {
        const { before, after } = await open()
        const snapshots = [before.snapshot, after.snapshot]
        const isUnchanged = () => before.snapshot === snapshots[0] && after.snapshot === snapshots[1]
        const diffs = await this.#inSlices(
          rows,
          (row) => diffDecisions(before, after, [row]).changes,
          isUnchanged,
          tries < MOST_TRIES,
        )
        if (!isUnchanged()) continue
        const changes = diffs.flat()
        return { changed: changes.length, of: rows.length, changes }
      }
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work)
    this.#last = mine.catch(() => undefined)
    return mine
  }

  /** What `work` makes of each row, up to where something has changed. */
  async #inSlices<Row, Result>(
    rows: readonly Row[],
    work: (row: Row) => Result,
    isUnchanged: () => boolean,
    mayPause: boolean,
  ): Promise<Result[]> {
    const { nowMs, pause } = this.#pacing
    const results: Result[] = []
    let startMs = nowMs()
    for (const row of rows) {
      if (mayPause && nowMs() - startMs >= LONGEST_SLICE_MS) {
        await pause()
        if (!isUnchanged()) break
        startMs = nowMs()
      }
      results.push(work(row))
    }
    return results
  }
}
