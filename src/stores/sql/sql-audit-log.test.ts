import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { openManagementDatabase } from '../sqlite/open-management-database.ts'
import { SqlAuditLog } from './sql-audit-log.ts'
import { attemptOnce } from './storage-attempt.ts'

it('more rows than are read in one step are checked all', async () => {
  const database = await openManagementDatabase(':memory:')
  const log = new SqlAuditLog(database, attemptOnce, { now: () => 5 })
  for (let row = 1; row <= 2003; row++) {
    await log.append({ actor: 'cli', tenant: null, action: 'key.revoke', subject: `s${row}`, payload: null })
  }
  expect(await log.verify()).toMatchObject({ rows: 2003, broken: null })
  await sql`update audit_log set actor = 'x' where sequence = 2002`.execute(database)
  expect((await log.verify()).broken?.sequence).toBe(2002)
  await database.destroy()
})
