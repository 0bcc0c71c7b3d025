import type { Generated } from 'kysely'
import type { DecisionReason } from '../../contracts/index.ts'
import type { FeedbackTable, RouteSetVersionsTable } from './schema.ts'

/** Tables of what is kept of decisions, as Kysely sees them. */
export interface RecordDatabase {
  decision_records: DecisionRecordsTable
  recording_salt: { id: number; salt: string }
  feedback: FeedbackTable
  drift_references: DriftReferencesTable
  /** For what evaluations quote of feedback. */
  route_set_versions: RouteSetVersionsTable
}

export interface DecisionRecordsTable {
  /** Grows with every row that is added. */
  sequence: Generated<number>
  id: string
  /** Milliseconds since the epoch. */
  at: number
  route_set: string
  version: number
  snapshot: string
  route: string | null
  confidence: number
  out_of_scope: number
  threshold: number
  reason: DecisionReason
  /** As JSON. */
  candidates: string
  latency_us: number
  text: string | null
  text_hash: string | null
}

interface DriftReferencesTable {
  route_set: string
  snapshot: string
  /** The DriftReference as JSON. */
  body: string
  /** Milliseconds since the epoch. */
  at: number
}
