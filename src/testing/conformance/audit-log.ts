import { deepStrictEqual, match, notStrictEqual, strictEqual } from 'node:assert/strict'
import type { AuditEvent, AuditLog } from '../../contracts/index.ts'

interface OpenAuditLog {
  readonly audit: AuditLog
  close(): Promise<void>
}

interface AuditLogHarness {
  /** An empty log, whose clock stands at 5. */
  open(): Promise<OpenAuditLog>
  /** A second one on the same data as the one opened last, as another process would open it. */
  reopen(): Promise<OpenAuditLog>
  /** Does something behind the back of the log opened last. */
  tamper(statement: string): Promise<void>
  /** Registers one case with the test runner. */
  test(title: string, run: () => Promise<void>): void
}

const event = (subject: string, changed: Partial<AuditEvent> = {}): AuditEvent => ({
  actor: 'key_1',
  tenant: 'acme',
  action: 'route-set.put',
  subject,
  payload: { b: 1, a: ['naïve \u{1F600}', null] },
  ...changed,
})

/** What every AuditLog must do; call it from the test of each implementation. */
export function checkAuditLog(harness: AuditLogHarness): void {
  const withLog = (title: string, run: (log: AuditLog) => Promise<void>) =>
    harness.test(title, async () => {
      const { audit, close } = await harness.open()
      try {
        await run(audit)
      } finally {
        await close()
      }
    })
  const append = async (log: AuditLog, rows: number) => {
    for (let row = 1; row <= rows; row++) await log.append(event(`s${row}`))
  }

  withLog('starts empty, and that is in order', async (log) => {
    deepStrictEqual(await log.list(9), [])
    deepStrictEqual(await log.verify(), { rows: 0, head: null, broken: null })
  })

  withLog('chains its rows by their hashes', async (log) => {
    const first = await log.append(event('a'))
    const second = await log.append(event('b', { tenant: null, actor: 'cli' }))
    deepStrictEqual([first.sequence, first.at, first.previousHash], [1, 5, '0'.repeat(64)])
    deepStrictEqual([second.sequence, second.previousHash], [2, first.hash])
    match(second.hash, /^[0-9a-f]{64}$/)
    deepStrictEqual(await log.list(9), [second, first])
    deepStrictEqual(await log.list(1), [second])
    deepStrictEqual(await log.list(9, 2), [first])
    deepStrictEqual(await log.verify(), { rows: 2, head: second.hash, broken: null })
  })

  withLog('hashes a payload whatever the order of its keys', async (log) => {
    const one = await log.append(event('a', { payload: { x: 1, y: { p: 1, q: 2 } } }))
    const same = await log.append(event('a', { payload: { y: { q: 2, p: 1 }, x: 1 } }))
    const other = await log.append(event('a', { payload: { x: 1, y: { p: 2, q: 1 } } }))
    strictEqual(one.payloadHash, same.payloadHash)
    notStrictEqual(one.payloadHash, other.payloadHash)
  })

  withLog('puts the rows of several processes one after the other', async (log) => {
    const other = await harness.reopen()
    try {
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? log : other.audit).append(event(`s${index}`)),
        ),
      )
    } finally {
      await other.close()
    }
    const { rows, broken } = await log.verify()
    deepStrictEqual([rows, broken], [20, null])
  })

  withLog('misses a hash that was noted elsewhere, where all after it was rewritten', async (log) => {
    await append(log, 3)
    const noted = (await log.list(1))[0]?.hash
    await append(log, 1)
    strictEqual((await log.verify(noted)).broken, null)
    await harness.tamper('delete from audit_log')
    await harness.tamper('delete from audit_head')
    await log.append(event('other'))
    await append(log, 3)
    strictEqual((await log.verify()).broken, null)
    const rewritten = (await log.verify(noted)).broken
    strictEqual(rewritten?.sequence, 5)
    match(rewritten.problem, /rewritten/)
  })

  const found = (what: string, statement: string, sequence: number, problem: RegExp) =>
    withLog(`finds ${what}`, async (log) => {
      await append(log, 5)
      await harness.tamper(statement)
      const { broken } = await log.verify()
      strictEqual(broken?.sequence, sequence)
      match(broken.problem, problem)
    })

  found('a row that was changed', "update audit_log set subject = 'x' where sequence = 3", 3, /changed/)
  found('a time that was changed', 'update audit_log set at = at + 1 where sequence = 1', 1, /changed/)
  found('a row that was taken out', 'delete from audit_log where sequence = 2', 2, /missing/)
  found('an end that was cut off', 'delete from audit_log where sequence > 3', 4, /cut off/)
  found(
    'a row whose hash was changed too',
    "update audit_log set hash = '0123' where sequence = 2",
    2,
    /does not have its hash/,
  )
  found(
    'rows that changed places',
    'update audit_log set sequence = case sequence when 2 then 103 when 3 then 102 else sequence end',
    2,
    /missing/,
  )
}
