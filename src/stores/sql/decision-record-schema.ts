import type { Generated } from 'kysely'
import type { DecisionReason } from '../../contracts/index.ts'

/** Tables of what is kept of decisions, as Kysely sees them. */
export interface RecordDatabase {
  decision_records: DecisionRecordsTable
  recording_salt: { id: number; salt: string }
  feedback: FeedbackTable
  drift_references: DriftReferencesTable
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

interface FeedbackTable {
  id: string
  route_set: string
  text: string
  /** Of the text, as an index of long texts would be large. */
  text_hash: string
  route: string | null
  decision_id: string | null
  /** Milliseconds since the epoch. */
  at: number
}

interface DriftReferencesTable {
  route_set: string
  snapshot: string
  /** The DriftReference as JSON. */
  body: string
  /** Milliseconds since the epoch. */
  at: number
}
