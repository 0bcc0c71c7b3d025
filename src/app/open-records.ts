import type { Config } from '../config/index.ts'
import type { Clock } from '../contracts/index.ts'
import type { Router } from '../core/index.ts'
import { type Logger, QueueFigures } from '../observability/index.ts'
import { createRedactor } from '../redaction/redactor.ts'
import type { Stores } from '../stores/index.ts'
import { afterDelay } from './after-delay.ts'
import { DecisionLog } from './decision-log.ts'
import { DriftWatch } from './drift-watch.ts'
import { FeedbackBook } from './feedback-book.ts'

interface RecordsOptions {
  readonly stores: Pick<Stores, 'records' | 'feedback' | 'driftReferences'>
  readonly settings: Config['decisions']
  readonly clock: Clock
  readonly logger: Logger
  readonly has: (set: string) => boolean
  readonly router: (set: string) => Router
}

/** What is kept of decisions and of what people said about them. */
export interface Records {
  readonly decisions: DecisionLog
  readonly feedback: FeedbackBook
  readonly drift: DriftWatch
  readonly queues: QueueFigures
  /** Deletes what people said of a set that is no more; what was recorded of its decisions stays until it is old. */
  forgetFeedback(set: string): void
  /** Writes what waits. */
  close(): Promise<void>
}

/** @throws StrataError `storage_failed` */
export async function openRecords({
  stores,
  settings,
  clock,
  logger,
  has,
  router,
}: RecordsOptions): Promise<Records> {
  const redact = createRedactor(settings.record.redact)
  const queues = new QueueFigures()
  const decisions = await DecisionLog.open({
    store: stores.records,
    settings: settings.record,
    redact,
    clock,
    logger,
    queues,
    schedule: afterDelay,
  })
  const feedback = new FeedbackBook({
    store: stores.feedback,
    redact,
    clock,
    rowsPerSet: settings.feedbackPerSet,
    router,
    decision: (id) => decisions.get(id),
  })
  const drift = new DriftWatch({
    references: stores.driftReferences,
    clock,
    logger,
    has,
    snapshotOf: (set) => router(set).snapshot,
  })
  let forgetting = Promise.resolve()
  return {
    decisions,
    feedback,
    drift,
    queues,
    forgetFeedback(set) {
      forgetting = forgetting
        .then(() => feedback.forget(set))
        .catch((error: unknown) =>
          logger.error({ routeSet: set, err: error }, 'feedback could not be deleted'),
        )
    },
    async close() {
      await decisions.close()
      await drift.idle()
      await forgetting
    },
  }
}
