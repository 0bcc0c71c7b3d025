import type {
  Clock,
  Feedback,
  FeedbackPage,
  FeedbackPosition,
  FeedbackRow,
  FeedbackStore,
  RecordedDecision,
} from '../contracts/index.ts'
import type { Router } from '../core/index.ts'
import { StrataError } from '../errors/index.ts'
import { createIdSource } from '../observability/index.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { nearestName } from '../util/nearest-name.ts'
import { DEFAULT_SET } from './route-sets.ts'

interface FeedbackBookOptions {
  readonly store: FeedbackStore
  readonly redact: Redactor
  readonly clock: Pick<Clock, 'now'>
  /** Rows of each set that are kept; integer >= 1. */
  readonly rowsPerSet: number
  readonly router: (set: string) => Router
  /** Throws `decision_not_found`. */
  readonly decision: (id: string) => Promise<RecordedDecision>
}

/** What somebody says would have been right. */
interface GivenFeedback {
  /** May be left out where the decision was recorded with its text. */
  readonly text?: string | undefined
  readonly route: string | null
  readonly decisionId?: string | undefined
  /** That of the decision, or the default set, where it is not given. */
  readonly routeSet?: string | undefined
}

const PAGE_ROWS = 1000
/** Rows of one delete, so that decisions are made in between. */
const DELETE_ROWS = 500

/** What people said would have been right, kept for the next fit. */
export class FeedbackBook {
  readonly #options: FeedbackBookOptions
  readonly #nextId = createIdSource('fb')

  constructor(options: FeedbackBookOptions) {
    this.#options = options
  }

  /**
   * Keeps feedback, in the place of what was said of the same text before.
   * @throws StrataError `invalid_data` for a route that the set does not have, `invalid_request` where text is missing or
   * sets differ, `decision_not_found`, `route_set_not_found`, `storage_failed`
   */
  async give(given: GivenFeedback): Promise<{ readonly feedback: Feedback; readonly replaced: boolean }> {
    const { store, redact, clock, rowsPerSet } = this.#options
    const decision = await this.#decisionOf(given)
    const routeSet = given.routeSet ?? decision?.routeSet ?? DEFAULT_SET
    if (decision && decision.routeSet !== routeSet) {
      throw refusal(
        'routeSet',
        `The decision ${decision.id} was made by the set ${decision.routeSet}, not ${routeSet}; leave routeSet out.`,
      )
    }
    this.#assertRoute(routeSet, given.route)
    const text = given.text === undefined ? recordedText(decision) : redact(given.text)
    const feedback = {
      id: this.#nextId(),
      routeSet,
      text,
      route: given.route,
      decisionId: given.decisionId ?? null,
      at: clock.now(),
    }
    const { id, replaced } = await store.put(feedback, rowsPerSet)
    return { feedback: { ...feedback, id }, replaced }
  }

  /** Of one set or of all, the newest first. */
  list(routeSet: string | undefined, limit: number, after?: FeedbackPosition): Promise<FeedbackPage> {
    return this.#options.store.list(routeSet, limit, after)
  }

  /** @throws StrataError `feedback_not_found` */
  async delete(id: string): Promise<void> {
    if (await this.#options.store.delete(id)) return
    throw new StrataError(
      'feedback_not_found',
      `There is no feedback ${id}; GET /v1/feedback lists what there is.`,
    )
  }

  /** Deletes what was said of a set that is no more. */
  async forget(routeSet: string): Promise<void> {
    while ((await this.#options.store.deleteSet(routeSet, DELETE_ROWS)) === DELETE_ROWS) {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** All that was said of a set, the oldest first; it may name routes that the set no longer has. */
  async rows(routeSet: string): Promise<readonly FeedbackRow[]> {
    const rows: FeedbackRow[] = []
    let after: FeedbackPosition | undefined
    for (;;) {
      const { feedback, next } = await this.list(routeSet, PAGE_ROWS, after)
      for (const { id, text, route } of feedback) rows.push({ id, text, route })
      if (next === null) return rows.reverse()
      after = next
    }
  }

  /** The decision that is named; where text and set are given anyway, it need not have been recorded. */
  async #decisionOf({ decisionId, text }: GivenFeedback): Promise<RecordedDecision | undefined> {
    if (decisionId === undefined) return undefined
    try {
      return await this.#options.decision(decisionId)
    } catch (error) {
      if (text === undefined || !(error instanceof StrataError) || error.code !== 'decision_not_found')
        throw error
      return undefined
    }
  }

  #assertRoute(routeSet: string, route: string | null): void {
    const names = this.#options.router(routeSet).routeSet.routes.map(({ name }) => name)
    if (route === null || names.includes(route)) return
    const nearest = nearestName(route, names)
    const remedy = nearest
      ? `did you mean ${nearest}?`
      : 'GET /v1/routes lists them, and null stands for none.'
    throw new StrataError('invalid_data', `The set ${routeSet} has no route ${route}; ${remedy}`, {
      details: [
        {
          path: 'route',
          message: 'expected the name of a route of the set, or null',
          got: route,
          ...(nearest ? { nearest } : {}),
        },
      ],
    })
  }
}

function recordedText(decision: RecordedDecision | undefined): string {
  if (decision === undefined)
    throw refusal('text', 'Expected text, or the decisionId of a recorded decision.')
  if (decision.text !== null) return decision.text
  throw refusal('text', `The decision ${decision.id} was recorded without its text; send the text along.`)
}

const refusal = (path: string, message: string): StrataError =>
  new StrataError('invalid_request', message, { details: [{ path, message }] })
