import type { Database } from './schema.ts'

/** Tables of keys, budgets, usage and the audit log, as Kysely sees them. */
export interface AccessDatabase extends Database {
  api_keys: ApiKeysTable
  audit_log: AuditLogTable
  audit_head: AuditHeadTable
  budget_spent: BudgetSpentTable
  usage_totals: UsageTotalsTable
}

export interface ApiKeysTable {
  id: string
  /** Of the change that made or revoked it; each has its own, growing. */
  revision: number
  tenant: string
  /** SHA-256 of the secret in base64url. */
  hash: string
  prefix: string
  /** The ApiKeySettings as JSON. */
  settings: string
  /** Milliseconds since the epoch, as all below. */
  created_at: number
  revoked_at: number | null
  last_used_at: number | null
}

export interface AuditLogTable {
  sequence: number
  at: number
  actor: string
  tenant: string | null
  action: string
  subject: string
  payload_hash: string
  previous_hash: string
  hash: string
}

/** One row: the last of the log, so that rows taken off its end are missed. */
interface AuditHeadTable {
  id: number
  sequence: number
  hash: string
}

interface BudgetSpentTable {
  subject: string
  period: string
  ends_at: number
  spent_micro_usd: number
}

export interface UsageTotalsTable {
  day: string
  tenant: string
  key_id: string
  route: string
  provider: string
  model: string
  requests: number
  input_tokens: number
  cached_input_tokens: number
  cache_write_tokens: number
  output_tokens: number
  reasoning_tokens: number
  cost_micro_usd: number
  unpriced_requests: number
}
