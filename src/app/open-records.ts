import type { Config } from '../config/index.ts'
import type { Clock } from '../contracts/index.ts'
import type { Router } from '../core/index.ts'
import { type Logger, QueueFigures } from '../observability/index.ts'
import { createRedactor } from '../redaction/redactor.ts'
import { openSqliteRecordStores } from '../stores/index.ts'
import { DecisionLog } from './decision-log.ts'
import { FeedbackBook } from './feedback-book.ts'

interface RecordsOptions {
  /** Database whose tables are up to date. */
  readonly file: string
  readonly settings: Config['decisions']
  readonly clock: Clock
  readonly logger: Logger
  readonly router: (set: string) => Router
}

/** What is kept of decisions and of what people said about them. */
export interface Records {
  readonly decisions: DecisionLog
  readonly feedback: FeedbackBook
  readonly queues: QueueFigures
  /** Writes what waits and closes the database. */
  close(): Promise<void>
}

/** @throws StrataError `storage_failed` */
export async function openRecords({
  file,
  settings,
  clock,
  logger,
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
  return {
    decisions,
    feedback,
    queues,
    async close() {
      await decisions.close()
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
