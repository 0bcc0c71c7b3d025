import type { Config } from '../config/index.ts'
import type { Clock } from '../contracts/index.ts'
import type { Router } from '../core/index.ts'
import { type Logger, QueueFigures } from '../observability/index.ts'
import { createRedactor } from '../redaction/redactor.ts'
import { openSqliteRecordStores } from '../stores/index.ts'
import { DecisionLog } from './decision-log.ts'
import { DriftWatch } from './drift-watch.ts'
import { FeedbackBook } from './feedback-book.ts'

interface RecordsOptions {
  /** Database whose tables are up to date. */
  readonly file: string
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
  /** Writes what waits and closes the database. */
  close(): Promise<void>
}

/** @throws StrataError `storage_failed` */
export async function openRecords({
  file,
  settings,
  clock,
  logger,
  has,
  router,
}: RecordsOptions): Promise<Records> {
  const stores = await openSqliteRecordStores(file)
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
  }).catch(async (error: unknown) => {
    await stores.close()
    throw error
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
      await stores.close()
    },
  }
}

/** Keeps no process alive. */
function afterDelay(callback: () => void, delayMs: number): () => void {
  const timer = setTimeout(callback, delayMs)
  timer.unref()
  return () => clearTimeout(timer)
}
