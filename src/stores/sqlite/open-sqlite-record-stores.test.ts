import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { checkDecisionRecordStore } from '../../testing/conformance/decision-record-store.ts'
import { checkFeedbackStore } from '../../testing/conformance/feedback-store.ts'
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
