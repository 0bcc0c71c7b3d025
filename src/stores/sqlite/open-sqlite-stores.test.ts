import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { checkApiKeyStore } from '../../testing/conformance/api-key-store.ts'
import { checkAuditLog } from '../../testing/conformance/audit-log.ts'
import { checkBudgetStore } from '../../testing/conformance/budget-store.ts'
import { checkUsageStore } from '../../testing/conformance/usage-store.ts'
import { openStores } from '../open-stores.ts'

const folder = mkdtempSync(join(tmpdir(), 'stratarouter-stores-'))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
const file = () => join(folder, `${count}.db`)
const reopen = () => openStores(`sqlite:${file()}`, { clock: { now: () => 5 }, versionsKept: 3 })
const open = () => {
  count++
  return reopen()
}

describe('SQLite as a store of API keys', () => {
  checkApiKeyStore({ open, reopen, test: it })
})

describe('SQLite as an audit log', () => {
  checkAuditLog({
    open,
    reopen,
    test: it,
    async tamper(statement) {
      const database = new DatabaseSync(file())
      database.exec(statement)
      database.close()
    },
  })
})

describe('SQLite as a store of budgets', () => {
  checkBudgetStore({ open, reopen, test: it })
})

describe('SQLite as a store of usage', () => {
  checkUsageStore({ open, reopen, test: it })
})

it('an address of another kind is refused, without being shown', async () => {
  const opening = openStores('mysql://me:secret@host/name', { clock: { now: () => 0 }, versionsKept: 1 })
  await expect(opening).rejects.toMatchObject({ code: 'invalid_configuration' })
  await expect(opening).rejects.not.toThrow(/secret/)
})
