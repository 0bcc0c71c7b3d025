import type { RouteSet } from '../contracts/index.ts'
import type { Router } from '../core/index.ts'
import { type LintProblem, lintRoutes } from '../core/lint-routes.ts'
import { StrataError } from '../errors/index.ts'
import { lintInProcess } from './lint-in-process.ts'

/** Up to this many examples take at most about 30 ms, a tenth of a millisecond each. */
const QUICK_EXAMPLES = 300
/** Sets that may wait for the one that is being linted. */
const MOST_WAITING = 16

/** Finds what will hurt in the route sets that serve: small ones at once, larger ones in another process, one at a time. */
export class RouteSetLinter {
  /** What was found, or is being looked for, for as long as the set serves. */
  readonly #found = new WeakMap<RouteSet, Promise<readonly LintProblem[]>>()
  readonly #lint: typeof lintInProcess
  readonly #end = new AbortController()
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(lint: typeof lintInProcess = lintInProcess) {
    this.#lint = lint
  }

  /**
   * The problems of the set that a router decides for now, errors first.
   * @throws StrataError `overloaded` when too many sets wait, `shutting_down`
   */
  lint(router: Router): Promise<readonly LintProblem[]> {
    const { routeSet } = router
    const known = this.#found.get(routeSet)
    if (known) return known
    const found = examplesOf(routeSet) <= QUICK_EXAMPLES ? lintHere(router) : this.#inTurn(router)
    this.#found.set(routeSet, found)
    // What failed is tried again by who asks next.
    found.catch(() => this.#found.delete(routeSet))
    return found
  }

  /** Ends the process that is under way. */
  async close(): Promise<void> {
    this.#end.abort(new StrataError('shutting_down', 'The server is stopping; ask again elsewhere.'))
    await this.#last
  }

  #inTurn(router: Router): Promise<readonly LintProblem[]> {
    if (this.#waiting === MOST_WAITING) {
      const message = `${MOST_WAITING} large route sets are waiting to be linted; ask again in a few seconds.`
      return Promise.reject(new StrataError('overloaded', message))
    }
    this.#waiting++
    const found = this.#last.then(() => {
      this.#waiting--
      return this.#lintElsewhere(router)
    })
    this.#last = found.catch(() => undefined)
    return found
  }

  async #lintElsewhere(router: Router): Promise<readonly LintProblem[]> {
    const { signal } = this.#end
    signal.throwIfAborted()
    try {
      // Only now, as a snapshot of a large set has some megabytes.
      return await this.#lint(router.save(), signal)
    } catch (error) {
      signal.throwIfAborted()
      throw error
    }
  }
}

const lintHere = async (router: Router): Promise<readonly LintProblem[]> =>
  lintRoutes(router.routeSet, router).problems

function examplesOf({ routes }: RouteSet): number {
  return routes.reduce((sum, { examples }) => sum + examples.length, 0)
}
