import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkApiKeyStore } from '../../testing/conformance/api-key-store.ts'
import { checkAuditLog } from '../../testing/conformance/audit-log.ts'
import { checkBudgetStore } from '../../testing/conformance/budget-store.ts'
import { checkDecisionRecordStore } from '../../testing/conformance/decision-record-store.ts'
import { checkFeedbackStore } from '../../testing/conformance/feedback-store.ts'
import { checkRouteStore } from '../../testing/conformance/route-store.ts'
import { checkUsageStore } from '../../testing/conformance/usage-store.ts'
import {
  type PostgresServer,
  postgresPrograms,
  startPostgres,
  withoutPostgres,
} from '../../testing/postgres-server.ts'
import type { Stores } from '../stores.ts'
import { openPostgresStores } from './open-postgres-stores.ts'

const options = { clock: { now: () => 5 }, versionsKept: 3 }

let server: PostgresServer
let address: string

const open = async () => {
  address = await server.newDatabase()
  return openPostgresStores(address, options)
}
const reopen = () => openPostgresStores(address, options)

describe.skipIf(postgresPrograms === null)(`PostgreSQL${withoutPostgres}`, () => {
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.close())

  describe('as a store of route sets', () => {
    const routesOf = (stores: Stores) => Object.assign(stores.routes, { close: () => stores.close() })
    checkRouteStore({
      async open(given) {
        address = await server.newDatabase()
        return routesOf(await openPostgresStores(address, given))
      },
      reopen: async () => routesOf(await reopen()),
      test: it,
    })
  })

  describe('as a store of recorded decisions', () => {
    checkDecisionRecordStore({ open, reopen, test: it, keepsNul: false })
  })

  describe('as a store of feedback', () => {
    checkFeedbackStore({ open, test: it })
  })

  describe('as a store of API keys', () => {
    checkApiKeyStore({ open, reopen, test: it })
  })

  describe('as an audit log', () => {
    checkAuditLog({
      open,
      reopen,
      test: it,
      async tamper(statement) {
        const client = new pg.Client({ connectionString: address })
        await client.connect()
        await client.query(statement)
        await client.end()
      },
    })
  })

  describe('as a store of budgets', () => {
    checkBudgetStore({ open, reopen, test: it })
  })

  describe('as a store of usage', () => {
    checkUsageStore({ open, reopen, test: it })
  })

  it('says what to do when it is not there, without the password', async () => {
    const opening = openPostgresStores('postgresql://me:secret@127.0.0.1:1/none', options)
    await expect(opening).rejects.toMatchObject({ code: 'storage_failed' })
    await expect(opening).rejects.toThrow(
      /postgresql:\/\/me@127\.0\.0\.1:1\/none is not usable.*DATABASE_URL/,
    )
    await expect(opening).rejects.not.toThrow(/secret/)
  })
})
