import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import type { RecordedDecision } from '../../contracts/index.ts'
import { checkDecisionRecordStore } from '../../testing/conformance/decision-record-store.ts'
import { checkFeedbackStore } from '../../testing/conformance/feedback-store.ts'
import { CheckpointElsewhere } from './checkpoint-elsewhere.ts'
import { openSqliteRecordStores } from './open-sqlite-record-stores.ts'
import { openSqliteRouteStore } from './open-sqlite-route-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'stratarouter-records-'))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
const file = () => join(folder, `${count}.db`)
async function open() {
  count++
  await (await openSqliteRouteStore({ file: file(), clock: { now: () => 0 }, versionsKept: 3 })).close()
  return openSqliteRecordStores(file())
}

describe('the SQLite store of recorded decisions', () => {
  checkDecisionRecordStore({ open, reopen: () => openSqliteRecordStores(file()), test: it })
})

describe('the SQLite store of feedback', () => {
  checkFeedbackStore({ open, test: it })
})

describe('a connection that waits for nobody', () => {
  it('writes once another writer is done, and lets that one finish meanwhile', async () => {
    const { feedback, close } = await open()
    const other = new DatabaseSync(file())
    other.exec('begin immediate')
    const one = { id: 'a', routeSet: 's', text: 'x', route: null, decisionId: null, at: 1 }
    let isDone = false
    const written = feedback.put(one, 3).then(() => {
      isDone = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(isDone).toBe(false)
    other.exec('commit')
    other.close()
    await written
    expect((await feedback.list('s', 9)).feedback).toEqual([one])
    await close()
  })
})

describe('the log of the database', () => {
  const record = (id: string): RecordedDecision => ({
    id,
    at: 1,
    routeSet: 's',
    version: 1,
    snapshot: 'f00d',
    route: null,
    confidence: 0.5,
    outOfScope: 0.5,
    threshold: 0.5,
    reason: 'below-threshold',
    candidates: [],
    latencyUs: 1,
    text: 'x'.repeat(1000),
    textHash: null,
  })

  it('is copied into the database by another thread once it is long', async () => {
    const { records, close } = await open()
    const before = statSync(file()).size
    const add = async (batches: number, name: string) => {
      for (let batch = 0; batch < batches; batch++) {
        await records.add(Array.from({ length: 100 }, (_, index) => record(`${name}${batch}-${index}`)))
      }
    }
    await add(39, 'a')
    expect(statSync(file()).size).toBe(before)
    await add(11, 'b')
    // The last connection to close would copy it too.
    const other = await openSqliteRecordStores(file())
    await close()
    expect(statSync(file()).size).toBeGreaterThan(before + 3_000_000)
    expect(await other.records.count({})).toBe(5000)
    await other.close()
  })
})

describe('CheckpointElsewhere', () => {
  it('says when it cannot', async () => {
    const failures: Error[] = []
    const checkpoints = new CheckpointElsewhere(join(folder, 'no', 'such.db'), (error) =>
      failures.push(error),
    )
    checkpoints.wrote(1)
    await checkpoints.idle()
    expect(failures).toEqual([])
    checkpoints.wrote(1_000_000)
    await checkpoints.idle()
    expect(failures).toHaveLength(1)
  })
})
