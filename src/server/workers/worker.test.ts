import cluster from 'node:cluster'
import { afterEach, describe, expect, it } from 'vitest'
import { Worker } from './worker.ts'

afterEach(() => cluster.setupPrimary({ cwd: process.cwd(), args: [] }))

describe('a worker whose process cannot be started', () => {
  it('has ended, with the reason', async () => {
    cluster.setupPrimary({ exec: import.meta.filename, cwd: '/there/is/no/such/folder' })
    const worker = new Worker(1, () => {})
    const { code, signal, error } = await worker.ended
    expect([code, signal, error?.message]).toEqual([null, null, expect.stringContaining('ENOENT')])
    expect(worker.phase).toBe('ended')
  })

  it('has ended, with the reason, also where the system refuses at once', async () => {
    cluster.setupPrimary({ exec: import.meta.filename, args: ['x'.repeat(4_000_000)] })
    const worker = new Worker(1, () => {})
    worker.send({ kind: 'report', request: 1 })
    worker.kill()
    const { code, signal, error } = await worker.ended
    expect([code, signal, error?.message]).toEqual([null, null, expect.stringContaining('E2BIG')])
    expect([worker.phase, worker.pid]).toEqual(['ended', undefined])
  })
})
