import { afterEach, describe, expect, it, vi } from 'vitest'
import { type ServeOptions, type Serving, serve } from './serving.ts'

let serving: Serving
afterEach(async () => {
  vi.useRealTimers()
  await serving.end()
})

/** Tells a server to stop as SIGTERM does, under a clock that stands still until it is moved. */
async function stopping(flags: ServeOptions['flags'], paths: readonly string[]) {
  serving = await serve({ flags: { ...flags } })
  for (const path of paths) expect((await serving.call('GET', path)).status).toBe(200)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  // In an object, as an async function would wait for it.
  return { closed: serving.server.close().then(() => 'closed') }
}

/** Whether `promise` is still open after `milliseconds` of the clock, and everything that was due has run. */
async function isOpenAfter(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  await vi.advanceTimersByTimeAsync(milliseconds)
  return Promise.race([
    promise.then(() => false),
    new Promise<boolean>((resolve) => setImmediate(() => setImmediate(() => resolve(true)))),
  ])
}

describe('the delay before a stop', () => {
  it('is none where nobody has asked whether the server is ready', async () => {
    const { closed } = await stopping({}, ['/health', '/health/live', '/v1/routes', '/metrics'])
    await expect(closed).resolves.toBe('closed')
  })

  it('is five seconds where somebody has', async () => {
    const { closed } = await stopping({}, ['/health/ready'])
    expect(await isOpenAfter(4999, closed)).toBe(true)
    await vi.advanceTimersByTimeAsync(1)
    await expect(closed).resolves.toBe('closed')
  })

  it('is what was written down, whoever asked', async () => {
    const { closed } = await stopping({ 'shutdown.drainDelayMs': 20 }, [])
    expect(await isOpenAfter(19, closed)).toBe(true)
    await vi.advanceTimersByTimeAsync(1)
    await expect(closed).resolves.toBe('closed')
  })

  it('is none where none was written down, even if somebody asked', async () => {
    const { closed } = await stopping({ 'shutdown.drainDelayMs': 0 }, ['/health/ready'])
    await expect(closed).resolves.toBe('closed')
  })
})
