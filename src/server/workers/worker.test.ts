import cluster from 'node:cluster'
import { afterEach, describe, expect, it } from 'vitest'
import { Worker } from './worker.ts'

afterEach(() => cluster.setupPrimary({ cwd: process.cwd() }))

describe('a worker whose process cannot be started', () => {
  it('has ended, with the reason', async () => {
    cluster.setupPrimary({ exec: import.meta.filename, cwd: '/there/is/no/such/folder' })
    const worker = new Worker(1, () => {})
    const { code, signal, error } = await worker.ended
    expect([code, signal, error?.message]).toEqual([null, null, expect.stringContaining('ENOENT')])
    expect(worker.phase).toBe('ended')
  })
})
