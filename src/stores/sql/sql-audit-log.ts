import type { Kysely } from 'kysely'
import type { AuditEvent, AuditLog, AuditRecord, AuditVerdict, Clock } from '../../contracts/index.ts'
import type { AccessDatabase } from './access-schema.ts'
import { appendToAudit, hashOfRow, NO_HASH, recordOf } from './audit-chain.ts'
import type { StorageAttempt } from './storage-attempt.ts'

const ROWS_A_STEP = 1000

/** The audit log in a SQL database whose transactions come one after the other. */
export class SqlAuditLog implements AuditLog {
  readonly #database: Kysely<AccessDatabase>
  readonly #attempt: StorageAttempt
  readonly #clock: Pick<Clock, 'now'>

  constructor(database: Kysely<AccessDatabase>, attempt: StorageAttempt, clock: Pick<Clock, 'now'>) {
    this.#database = database
    this.#attempt = attempt
    this.#clock = clock
  }

  append(event: AuditEvent): Promise<AuditRecord> {
    return this.#attempt('add to the audit log', () =>
      this.#database
        .transaction()
        .execute((transaction) => appendToAudit(transaction, event, this.#clock.now())),
    )
  }

  list(limit: number, before = Number.MAX_SAFE_INTEGER): Promise<readonly AuditRecord[]> {
    return this.#attempt('read the audit log', async () => {
      const rows = await this.#database
        .selectFrom('audit_log')
        .selectAll()
        .where('sequence', '<', before)
        .orderBy('sequence', 'desc')
        .limit(limit)
        .execute()
      return rows.map(recordOf)
    })
  }

  verify(expected?: string): Promise<AuditVerdict> {
    return this.#attempt('check the audit log', async () => {
      // Read first: rows that are added meanwhile come after it.
      const head = await this.#database
        .selectFrom('audit_head')
        .select(['sequence', 'hash'])
        .executeTakeFirst()
      let rows = 0
      let previous = NO_HASH
      let isExpectedThere = expected === undefined
      const broken = (sequence: number, problem: string): AuditVerdict => ({
        rows,
        head: rows === 0 ? null : previous,
        broken: { sequence, problem },
      })
      for (;;) {
        const page = await this.#database
          .selectFrom('audit_log')
          .selectAll()
          .where('sequence', '>', rows)
          .orderBy('sequence')
          .limit(ROWS_A_STEP)
          .execute()
        for (const row of page) {
          const sequence = rows + 1
          if (row.sequence !== sequence) return broken(sequence, 'the row is missing')
          if (row.previous_hash !== previous) {
            return broken(
              sequence,
              'it does not name the hash of the row before; that row was changed or replaced',
            )
          }
          if (row.hash !== hashOfRow(row))
            return broken(sequence, 'its content does not have its hash; it was changed')
          rows = sequence
          previous = row.hash
          if (previous === expected) isExpectedThere = true
          if (rows === head?.sequence && previous !== head.hash) {
            return broken(rows, 'it is not the row that was written last; it was replaced')
          }
        }
        if (page.length < ROWS_A_STEP) break
        await new Promise((resolve) => setImmediate(resolve))
      }
      if (rows < (head?.sequence ?? 0))
        return broken(rows + 1, 'the row is missing; the end of the log was cut off')
      if (!isExpectedThere)
        return broken(rows + 1, 'the row with the expected hash is missing; the log was rewritten')
      return { rows, head: rows === 0 ? null : previous, broken: null }
    })
  }
}
