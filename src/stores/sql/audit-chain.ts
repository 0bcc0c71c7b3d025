import { hash } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { AuditEvent, AuditRecord } from '../../contracts/index.ts'
import type { AccessDatabase, AuditLogTable } from './access-schema.ts'
import { canonicalJson } from './canonical-json.ts'

/** Stands for the row before the first. */
export const NO_HASH = '0'.repeat(64)

/** What the hash of a row covers, in this order. */
type HashedRow = Omit<AuditLogTable, 'hash'>

/** SHA-256 in hexadecimal over a row as a JSON array, in which every value has its place. */
export function hashOfRow(row: HashedRow): string {
  const { sequence, at, actor, tenant, action, subject, payload_hash, previous_hash } = row
  return hash(
    'sha256',
    JSON.stringify([sequence, at, actor, tenant, action, subject, payload_hash, previous_hash]),
  )
}

/** Adds a row within a transaction that no other writer of the log is in at the same time. */
export async function appendToAudit(
  transaction: Transaction<AccessDatabase>,
  { actor, tenant, action, subject, payload }: AuditEvent,
  at: number,
): Promise<AuditRecord> {
  const head = await transaction.selectFrom('audit_head').select(['sequence', 'hash']).executeTakeFirst()
  const row: HashedRow = {
    sequence: (head?.sequence ?? 0) + 1,
    at,
    actor,
    tenant,
    action,
    subject,
    payload_hash: hash('sha256', canonicalJson(payload)),
    previous_hash: head?.hash ?? NO_HASH,
  }
  const hashed = { ...row, hash: hashOfRow(row) }
  await transaction.insertInto('audit_log').values(hashed).execute()
  const { sequence, hash: rowHash } = hashed
  await transaction
    .insertInto('audit_head')
    .values({ id: 1, sequence, hash: rowHash })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ sequence, hash: rowHash }))
    .execute()
  return recordOf(hashed)
}

export function recordOf(row: AuditLogTable): AuditRecord {
  const { payload_hash: payloadHash, previous_hash: previousHash, ...rest } = row
  return { ...rest, payloadHash, previousHash }
}
