import type { Decision, Evaluation, LabelledText, RouteOptions } from '../contracts/index.ts'
import { type DecisionDiff, type DiffRow, diffDecisions } from '../core/diff-decisions.ts'
import { checkLabels } from '../core/evaluation/check-labels.ts'
import { evaluateDecisions } from '../core/evaluation/evaluate.ts'
import type { Cascade, Router } from '../core/index.ts'
import { StrataError } from '../errors/index.ts'

/** What is scored. */
interface Opened {
  readonly router: Pick<Router, 'snapshot' | 'routeSet' | 'route'>
  /** What decides in place of the router, around it. */
  readonly cascade?: Pick<Cascade, 'route'> | undefined
}

/** How often the slower encoder was asked while a cascade was scored. */
interface Asked {
  readonly asked: number
  /** Of those: not answered in time, or at all, so that the router decided alone. */
  readonly unanswered: number
}

type Comparable = Pick<Router, 'snapshot' | 'route'>

/** What tests replace. */
interface Pacing {
  readonly nowMs: () => number
  readonly pause: () => Promise<void>
}

const LONGEST_SLICE_MS = 4
/** After so many edits meanwhile the rows are decided in one go, by the router alone, which nobody has to wait for. */
const MOST_TRIES = 3
/** Each may take as long as the time limit of one asking: a service that is away must not hold up the others for hours. */
const MOST_UNANSWERED = 20

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
   * @throws StrataError `invalid_data` for labels that name no route, `encoder_failed` when a cascade gets no answer
   *   twenty times in a row, and what `open` does
   */
  evaluate<What extends Opened>(
    open: () => Promise<What>,
    data: readonly LabelledText[],
    options: RouteOptions = {},
  ): Promise<{ readonly opened: What; readonly evaluation: Evaluation; readonly asking: Asked }> {
    return this.#inTurn(async () => {
      for (let tries = 1; ; tries++) {
        const opened = await open()
        const { router, cascade } = opened
        const { snapshot, routeSet } = router
        const mayPause = tries < MOST_TRIES
        const decide = cascade && mayPause ? patiently(cascade) : router.route.bind(router)
        checkLabels(
          data,
          routeSet.routes.map(({ name }) => name),
        )
        const decisions = await this.#inSlices(
          data,
          ({ text }) => decide(text, options),
          () => router.snapshot === snapshot,
          mayPause,
        )
        if (router.snapshot !== snapshot) continue
        const latencies = decisions.map(({ latencyUs }) => latencyUs)
        const asked = decisions.filter((decision) => decision.asked !== undefined)
        const unanswered = asked.filter((decision) => decision.asked !== 'answered').length
        return {
          opened,
          evaluation: evaluateDecisions(data, decisions, latencies),
          asking: { asked: asked.length, unanswered },
        }
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
    work: (row: Row) => Result | Promise<Result>,
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
      const result = work(row)
      results.push(result instanceof Promise ? await result : result)
    }
    return results
  }
}

/** Decides as the cascade does, until its slower encoder seems to be gone. */
function patiently(
  cascade: Pick<Cascade, 'route'>,
): (text: string, options: RouteOptions) => Decision | Promise<Decision> {
  let unanswered = 0
  return (text, options) => {
    const decision = cascade.route(text, options)
    if (!(decision instanceof Promise)) return decision
    return decision.then((answer) => {
      unanswered = answer.asked === 'answered' ? 0 : unanswered + 1
      if (unanswered < MOST_UNANSWERED) return answer
      throw new StrataError(
        'encoder_failed',
        `Expected answers of the slower encoder, which the set is to be scored with, got none ${MOST_UNANSWERED} times in a row. Score it when the encoder is back; the log says why it gave none.`,
      )
    })
  }
}
