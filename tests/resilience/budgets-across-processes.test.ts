import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BudgetKeeper } from '../../src/access/budget-keeper.ts'
import { ANYONE } from '../../src/access/identity.ts'
import { ManualTime } from '../../src/execution/manual-time.ts'
import { openStores } from '../../src/stores/index.ts'
import type { Spending, SpendingPlan } from '../../src/testing/budget-spender.ts'
import {
  type PostgresServer,
  postgresPrograms,
  startPostgres,
  withoutPostgres,
} from '../../src/testing/postgres-server.ts'

const program = fileURLToPath(new URL('../../src/testing/budget-spender.ts', import.meta.url))

/** 1,000 calls of two processes against a budget for 100. */
const PLAN = {
  dailyUsd: 0.01,
  calls: 500,
  atOnce: 500,
  estimateMicroUsd: 100,
  actualMicroUsd: 100,
  hangs: false,
}
const LIMIT_MICRO_USD = 10_000

async function inTwoProcesses(plan: SpendingPlan): Promise<readonly Spending[]> {
  return Promise.all(
    [1, 2].map(async () => {
      const child = spawn(process.execPath, [program, JSON.stringify(plan)], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const [said, complaint] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ])
      if (said === '') throw new Error(complaint)
      return JSON.parse(said) as Spending
    }),
  )
}

const sumOf = (spendings: readonly Spending[], name: keyof Spending) =>
  spendings.reduce((sum, spending) => sum + spending[name], 0)

/** @param newAddress of an empty database */
function checkBudgets(newAddress: () => Promise<string>): void {
  const open = (address: string) => openStores(address, { clock: new ManualTime(), versionsKept: 1 })

  async function spentOf(address: string): Promise<number | undefined> {
    const stores = await open(address)
    const line = { subject: 'tenant:default', period: '2026-01-01' }
    const [spent] = await stores.budgets.spent([line])
    await stores.close()
    return spent?.spentMicroUsd
  }

  /** With the tables in it, which two processes need not make at once. */
  async function prepared(): Promise<string> {
    const address = await newAddress()
    await (await open(address)).close()
    return address
  }

  it('1,000 calls at once against a budget for 100 are granted 100 times', async () => {
    const address = await prepared()
    const spendings = await inTwoProcesses({ address, ...PLAN })
    expect(sumOf(spendings, 'granted')).toBe(100)
    expect(sumOf(spendings, 'refused')).toBe(900)
    expect(await spentOf(address)).toBe(LIMIT_MICRO_USD)
  })

  it('calls that cost more than estimated exceed it by no more than what those under way cost beyond it', async () => {
    const address = await prepared()
    const atOnce = 8
    const actualMicroUsd = 250
    const spendings = await inTwoProcesses({ address, ...PLAN, atOnce, actualMicroUsd })
    const spent = sumOf(spendings, 'granted') * actualMicroUsd
    expect(await spentOf(address)).toBe(spent)
    expect(spent).toBeGreaterThan(LIMIT_MICRO_USD - PLAN.estimateMicroUsd)
    expect(spent).toBeLessThanOrEqual(LIMIT_MICRO_USD + 2 * atOnce * (actualMicroUsd - PLAN.estimateMicroUsd))
  })

  it('calls that cost less leave room for others', async () => {
    const address = await prepared()
    const spendings = await inTwoProcesses({ address, ...PLAN, atOnce: 8, actualMicroUsd: 10 })
    expect(sumOf(spendings, 'granted')).toBeGreaterThan(900)
    expect(await spentOf(address)).toBe(sumOf(spendings, 'granted') * 10)
  })

  it('the estimates of a process that dies stay spent', async () => {
    const address = await prepared()
    const spendings = await inTwoProcesses({ address, ...PLAN, calls: 20, atOnce: 20, hangs: true })
    expect(await spentOf(address)).toBe(sumOf(spendings, 'granted') * PLAN.estimateMicroUsd)
  })
}

describe('budgets of two processes on one SQLite file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stratarouter-budgets-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  let count = 0
  checkBudgets(async () => `sqlite:${join(folder, `${++count}.db`)}`)
})

describe.skipIf(postgresPrograms === null)(`budgets of two processes on PostgreSQL${withoutPostgres}`, () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.close())

  checkBudgets(() => server.newDatabase())

  it('are refused while the server is away, and kept once it is back', async () => {
    const time = new ManualTime()
    const stores = await openStores(await server.newDatabase(), { clock: time, versionsKept: 1 })
    const keeper = new BudgetKeeper({
      store: stores.budgets,
      clock: time,
      timer: time.timer,
      tenants: { default: { budgets: { dailyUsd: 1 } } },
      routes: {},
      whenAway: 'refuse',
    })
    const reserve = () => keeper.reserve(ANYONE, null, 100) as Promise<unknown>
    await reserve()
    await server.kill()
    await expect(reserve()).rejects.toMatchObject({ code: 'storage_failed', status: 503 })
    await expect(reserve()).rejects.toMatchObject({ code: 'storage_failed', status: 503 })
    await server.start()
    await reserve()
    expect((await keeper.spent(ANYONE, null))[0]?.spentMicroUsd).toBe(200)
    await keeper.close()
    await stores.close()
  })
})
