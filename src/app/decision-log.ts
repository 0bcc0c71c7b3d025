import { createHmac } from 'node:crypto'
import type {
  Clock,
  Decision,
  DecisionFilter,
  DecisionRecordStore,
  RecordedDecision,
  RecordPage,
  RecordPosition,
} from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import type { Logger, QueueFigures } from '../observability/index.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { isSampled } from './is-sampled.ts'

interface DecisionLogSettings {
  /** Share of the decisions that are kept, 0..1. */
  readonly sampleRate: number
  readonly text: 'full' | 'hash' | 'none'
  readonly retentionDays: number
  readonly maxRows: number
  readonly queueBytes: number
}

/** Calls back after a while, and returns what calls that off. */
type Schedule = (callback: () => void, delayMs: number) => () => void

interface DecisionLogOptions {
  readonly store: DecisionRecordStore
  readonly settings: DecisionLogSettings
  readonly redact: Redactor
  readonly clock: Clock
  readonly logger: Logger
  readonly queues: QueueFigures
  readonly schedule: Schedule
}

/** What is kept of a decision; what waits holds no more, as explanations have no bound. */
type Recorded = Pick<RecordedDecision, keyof RecordedDecision & keyof Decision>

interface Noted {
  readonly id: string
  readonly routeSet: string
  readonly version: number
  readonly text: string | undefined
  readonly decision: Decision
}

interface Pending {
  readonly id: string
  readonly at: number
  readonly routeSet: string
  readonly version: number
  readonly text: string | undefined
  readonly decision: Recorded
  readonly bytes: number
}

const WRITE_DELAY_MS = 500
const RETENTION_INTERVAL_MS = 60_000
const BATCH_ROWS = 50
/** Rows of one delete, so that decisions are made in between. */
const DELETE_ROWS = 500
/** After so long other work comes first. */
const TURN_MS = 5
/** What a pending decision takes besides its text. */
const DECISION_BYTES = 1000
const CANDIDATE_BYTES = 150
const DAY_MS = 86_400_000

/** Keeps a sample of the decisions. Deciding never waits for it and never fails by it: what finds no room is dropped. */
export class DecisionLog {
  readonly #options: DecisionLogOptions
  readonly #salt: string
  readonly #dropped: { count: number }
  #pending: Pending[] = []
  #bytes = 0
  #writing: Promise<void> | undefined
  #cleaning: Promise<void> | undefined
  #cancelWrite: (() => void) | undefined
  #cancelCleaning: () => void
  #isFailing = false
  #isClosed = false

  private constructor(options: DecisionLogOptions, salt: string) {
    this.#options = options
    this.#salt = salt
    this.#dropped = options.queues.follow('decisions', () => this.#bytes)
    this.#cancelCleaning = this.#scheduleCleaning()
  }

  /** @throws StrataError `storage_failed` */
  static async open(options: DecisionLogOptions): Promise<DecisionLog> {
    return new DecisionLog(options, await options.store.salt())
  }

  /** Whether the decision of this id is to be kept: always the same answer for the same id. */
  wants(id: string): boolean {
    return isSampled(id, this.#options.settings.sampleRate)
  }

  /** Takes a decision that `wants` said yes to, to be written soon. */
  note({ text, decision, ...made }: Noted): void {
    const { settings, clock } = this.#options
    const kept = settings.text === 'none' ? undefined : text
    const bytes =
      DECISION_BYTES +
      decision.candidates.length * CANDIDATE_BYTES +
      2 * (kept === undefined ? 0 : kept.length)
    if (this.#isClosed || this.#bytes + bytes > settings.queueBytes) {
      this.#dropped.count++
      return
    }
    this.#bytes += bytes
    this.#pending.push({ ...made, decision: recordedOf(decision), text: kept, at: clock.now(), bytes })
    this.#writeLater()
  }

  /** Resolves when what was noted before is written, or could not be. */
  async flush(): Promise<void> {
    await this.#writing
    if (this.#pending.length > 0) await this.#write()
  }

  /**
   * One recorded decision.
   * @throws StrataError `decision_not_found` saying why there is none
   */
  async get(id: string): Promise<RecordedDecision> {
    await this.flush()
    const record = await this.#options.store.get(id)
    if (record !== null) return record
    throw new StrataError(
      'decision_not_found',
      `There is no record of the decision ${id}: ${this.#absence(id)}.`,
    )
  }

  async list(filter: DecisionFilter, limit: number, after?: RecordPosition): Promise<RecordPage> {
    await this.flush()
    return this.#options.store.list(filter, limit, after)
  }

  async count(filter: DecisionFilter): Promise<number> {
    await this.flush()
    return this.#options.store.count(filter)
  }

  /** Deletes what is too old and what is too much; one run at a time. */
  enforceRetention(): Promise<void> {
    this.#cleaning ??= this.#clean().finally(() => {
      this.#cleaning = undefined
    })
    return this.#cleaning
  }

  /** Writes what is left; what cannot be written is dropped, and counted. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelWrite?.()
    this.#cancelCleaning()
    await this.flush()
    this.#dropped.count += this.#pending.length
    if (this.#pending.length > 0) {
      this.#options.logger.error(
        { decisions: this.#pending.length },
        'decisions could not be recorded before the end',
      )
    }
    await this.#cleaning
  }

  #absence(id: string): string {
    const { sampleRate, retentionDays, maxRows } = this.#options.settings
    if (sampleRate === 0) return 'recording is off (decisions.record.sampleRate is 0)'
    if (!this.wants(id)) {
      return `it was not sampled, as ${sampleRate * 100}% of the decisions are (decisions.record.sampleRate)`
    }
    return `it was not made here, is older than ${retentionDays} days or not among the last ${maxRows}, or was dropped under load`
  }

  #writeLater(): void {
    this.#cancelWrite ??= this.#options.schedule(() => {
      this.#cancelWrite = undefined
      void this.flush()
    }, WRITE_DELAY_MS)
  }

  #write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  async #writeAll(): Promise<void> {
    const { store, logger } = this.#options
    while (this.#pending.length > 0) {
      const batch = this.#pending.slice(0, BATCH_ROWS)
      try {
        await store.add(await this.#recordsOf(batch))
      } catch (error) {
        if (!this.#isFailing)
          logger.error({ err: error }, 'decisions cannot be recorded; they wait as long as there is room')
        this.#isFailing = true
        if (!this.#isClosed) this.#writeLater()
        return
      }
      if (this.#isFailing) logger.info('decisions are recorded again')
      this.#isFailing = false
      this.#pending.splice(0, batch.length)
      for (const { bytes } of batch) this.#bytes -= bytes
      await nextTurn()
    }
  }

  async #recordsOf(batch: readonly Pending[]): Promise<RecordedDecision[]> {
    const { clock } = this.#options
    const records: RecordedDecision[] = []
    let startMs = clock.monotonicMs()
    for (const pending of batch) {
      records.push(this.#recordOf(pending))
      if (clock.monotonicMs() - startMs < TURN_MS) continue
      await nextTurn()
      startMs = clock.monotonicMs()
    }
    return records
  }

  #recordOf({ id, at, routeSet, version, text, decision }: Pending): RecordedDecision {
    const { settings, redact } = this.#options
    const redacted = text === undefined ? null : redact(text)
    return {
      id,
      at,
      routeSet,
      version,
      ...decision,
      text: settings.text === 'full' ? redacted : null,
      textHash: redacted === null ? null : createHmac('sha256', this.#salt).update(redacted).digest('hex'),
    }
  }

  async #clean(): Promise<void> {
    const { store, settings, clock, logger } = this.#options
    const oldest = clock.now() - settings.retentionDays * DAY_MS
    try {
      await inSteps(() => store.deleteBefore(oldest, DELETE_ROWS))
      await inSteps(() => store.deleteBeyond(settings.maxRows, DELETE_ROWS))
    } catch (error) {
      logger.error({ err: error }, 'old decisions could not be deleted; the next try is in a minute')
    }
  }

  #scheduleCleaning(): () => void {
    return this.#options.schedule(() => {
      void this.enforceRetention()
      this.#cancelCleaning = this.#scheduleCleaning()
    }, RETENTION_INTERVAL_MS)
  }
}

function recordedOf(decision: Decision): Recorded {
  const { snapshot, route, confidence, outOfScope, threshold, reason, candidates, latencyUs } = decision
  return { snapshot, route, confidence, outOfScope, threshold, reason, candidates, latencyUs }
}

/** Deletes until a step finds less than it may delete. */
async function inSteps(step: () => Promise<number>): Promise<void> {
  while ((await step()) === DELETE_ROWS) await nextTurn()
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
