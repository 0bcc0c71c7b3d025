import type { Decision, Evaluation, LabelledText, RouteOptions } from '../contracts/index.ts'
import { checkLabels } from '../core/evaluation/check-labels.ts'
import { evaluateDecisions } from '../core/evaluation/evaluate.ts'
import type { Router } from '../core/index.ts'

/** What is scored. */
interface Opened {
  readonly router: Pick<Router, 'snapshot' | 'routeSet' | 'route'>
}

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
    const mine = this.#last.then(async () => {
      for (let tries = 1; ; tries++) {
        const opened = await open()
        const { router } = opened
        const { snapshot, routeSet } = router
        checkLabels(
          data,
          routeSet.routes.map(({ name }) => name),
        )
        const decisions = await this.#decide(router, data, options, tries < MOST_TRIES)
        if (router.snapshot !== snapshot) continue
        const latencies = decisions.map(({ latencyUs }) => latencyUs)
        return { opened, evaluation: evaluateDecisions(data, decisions, latencies) }
      }
    })
    this.#last = mine.catch(() => undefined)
    return mine
  }

  async #decide(
    router: Opened['router'],
    data: readonly LabelledText[],
    options: RouteOptions,
    inSlices: boolean,
  ): Promise<Decision[]> {
    const { nowMs, pause } = this.#pacing
    const { snapshot } = router
    const decisions: Decision[] = []
    let startMs = nowMs()
    for (const { text } of data) {
      if (inSlices && nowMs() - startMs >= LONGEST_SLICE_MS) {
        await pause()
        if (router.snapshot !== snapshot) break
        startMs = nowMs()
      }
      decisions.push(router.route(text, options))
    }
    return decisions
  }
}
