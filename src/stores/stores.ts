import type {
  ApiKeyStore,
  AuditLog,
  BudgetStore,
  Clock,
  DecisionRecordStore,
  DriftReferenceStore,
  FeedbackStore,
  RouteStore,
  UsageStore,
} from '../contracts/index.ts'

export interface StoresOptions {
  readonly clock: Pick<Clock, 'now'>
  /** Versions of each route set to keep, the active one included; integer >= 1. */
  readonly versionsKept: number
}

/** Everything that is kept, in one database. */
export interface Stores {
  readonly routes: RouteStore
  readonly apiKeys: ApiKeyStore
  readonly audit: AuditLog
  readonly records: DecisionRecordStore
  readonly feedback: FeedbackStore
  readonly driftReferences: DriftReferenceStore
  readonly budgets: BudgetStore
  readonly usage: UsageStore
  /** Closes all of them. */
  close(): Promise<void>
}
