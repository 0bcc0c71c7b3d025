import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, it, vi } from 'vitest'
import { fitInProcess } from '../../src/app/fit-in-process.ts'
import type { Fitted } from '../../src/app/fit-queue.ts'
import type { FitWork } from '../../src/app/fit-version.ts'
import type { RouteSet } from '../../src/contracts/index.ts'
import { Router } from '../../src/core/index.ts'
import { loadBuiltinEncoder } from '../../src/encoders/builtin/index.ts'
import { SUBJECTS } from '../../src/testing/large-route-set.ts'
import { decide } from './serving.ts'
import { servingsOfEachTest } from './serving-lifetimes.ts'

const { start, restart } = servingsOfEachTest()

/** More texts than are fitted in passing, so that another process has to. */
const largeSet = (routes: number): RouteSet => ({
  routes: Array.from({ length: routes }, (_, route) => ({
    name: `route-${route}`,
    examples: ['open', 'close', 'show', 'delete', 'rename', 'share'].map(
      (verb) => `${verb} the ${SUBJECTS[route % SUBJECTS.length]} ${route}`,
    ),
  })),
})

describe('a large set', () => {
  it('is fitted in another process before it is answered, and loaded from its snapshot at the next start', async () => {
    const fits: number[] = []
    const fit = (work: FitWork, signal: AbortSignal) => {
      fits.push(work.routeSet.routes.length)
      return fitInProcess(work, signal)
    }
    const first = await start({ fit })
    expect((await first.call('PUT', '/v1/route-sets/default', largeSet(20))).status).toBe(201)
    expect(fits).toEqual([20])
    const decision = await decide(first, 'please rename the garden 2')
    expect(decision.route).toBe('route-2')
    expect((await first.call('GET', '/v1/route-sets')).json.routeSets[0].provisional).toBe(false)
    const second = await restart(first, { fit })
    expect(await decide(second, 'please rename the garden 2')).toEqual(decision)
    expect(fits).toEqual([20])
  })

  it('takes an edit at once, provisionally, and is refitted in the background', async () => {
    const serving = await start()
    await serving.call('PUT', '/v1/route-sets/default', largeSet(20))
    const added = {
      name: 'refund',
      examples: ['I want my money back', 'refund me please', 'return my payment'],
    }
    expect((await serving.call('POST', '/v1/routes', added)).status).toBe(201)
    const provisional = await decide(serving, 'I want my money back')
    expect(provisional.route).toBe('refund')
    await serving.app.idle()
    const state = (await serving.call('GET', '/v1/route-sets/default')).json
    expect([state.provisional, state.version]).toEqual([false, 2])
    const fitted = await decide(serving, 'I want my money back')
    expect(fitted.route).toBe('refund')
    expect(fitted.snapshot).not.toBe(provisional.snapshot)
  })

  it('is fitted for its newest edit only, and for the next one after a failure', async () => {
    const seen: {
      routes: number
      signal: AbortSignal
      go: (fitted: Fitted) => void
      fail: (error: Error) => void
    }[] = []
    const fit = ({ routeSet }: FitWork, signal: AbortSignal) =>
      new Promise<Fitted>((resolve, reject) => {
        seen.push({ routes: routeSet.routes.length, signal, go: resolve, fail: reject })
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    const lines: string[] = []
    const logger = pino({ level: 'error' }, { write: (line) => void lines.push(line) })
    const serving = await start({ fit, logger })
    const put = serving.call('PUT', '/v1/route-sets/default', largeSet(20))
    await vi.waitFor(() => expect(seen).toHaveLength(1))
    seen[0]?.go(await fitInProcess({ routeSet: largeSet(20) }, new AbortController().signal))
    await put

    for (let count = 0; count < 3; count++) {
      await serving.call('POST', '/v1/routes', { name: `new-${count}`, examples: [`something new ${count}`] })
    }
    await vi.waitFor(() => expect(seen.at(-1)?.routes).toBe(23))
    expect(seen.slice(1, -1).every(({ signal }) => signal.aborted)).toBe(true)

    seen.at(-1)?.fail(new Error('out of memory'))
    await serving.app.idle()
    expect(lines.filter((line) => line.includes('the refit failed'))).toHaveLength(1)
    expect((await serving.call('GET', '/v1/route-sets/default')).json.provisional).toBe(true)

    await serving.call('DELETE', '/v1/routes/new-0')
    await vi.waitFor(() => expect(seen.at(-1)?.routes).toBe(22))
    const { routes } = (await serving.call('GET', '/v1/route-sets/default')).json
    seen.at(-1)?.go(await fitInProcess({ routeSet: { routes } }, new AbortController().signal))
    await serving.app.idle()
    expect((await serving.call('GET', '/v1/route-sets/default')).json.provisional).toBe(false)
  })

  it('whose edit was not refitted before the end starts without waiting, edit included', async () => {
    const first = await start()
    await first.call('PUT', '/v1/route-sets/default', largeSet(20))
    const never = (_work: FitWork, signal: AbortSignal) =>
      new Promise<Fitted>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    const second = await restart(first, { fit: never })
    const added = {
      name: 'refund',
      examples: ['I want my money back', 'refund me please', 'return my payment'],
    }
    expect((await second.call('POST', '/v1/routes', added)).status).toBe(201)
    const decision = await decide(second, 'I want my money back')
    const third = await restart(second, { fit: never })
    expect((await third.call('GET', '/v1/route-sets/default')).json).toMatchObject({
      version: 2,
      provisional: true,
    })
    expect(await decide(third, 'I want my money back')).toEqual(decision)
    const fourth = await restart(third)
    await fourth.app.idle()
    expect((await fourth.call('GET', '/v1/route-sets/default')).json.provisional).toBe(false)
  })

  it('is refused, not stored, when it cannot be fitted', async () => {
    const serving = await start({ fit: () => Promise.reject(new Error('out of memory')) })
    const answer = await serving.call('PUT', '/v1/route-sets/default', largeSet(20))
    expect([answer.status, answer.json.error.code]).toEqual([500, 'internal'])
    expect((await serving.call('GET', '/v1/route-sets/default')).json).toMatchObject({
      version: 0,
      routes: [],
    })
  })

  it('that is being fitted when the server stops is refused, not stored', async () => {
    let isFitting = false
    const fit = (_work: FitWork, signal: AbortSignal) =>
      new Promise<Fitted>((_resolve, reject) => {
        isFitting = true
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    const serving = await start({ fit })
    const put = serving.call('PUT', '/v1/route-sets/default', largeSet(20))
    await vi.waitFor(() => expect(isFitting).toBe(true))
    const closed = serving.app.close()
    const answer = await put
    expect([answer.status, answer.json.error.code]).toEqual([503, 'shutting_down'])
    await closed
    const again = await restart(serving)
    expect((await again.call('GET', '/v1/routes')).json.version).toBe(0)
  })

  it('keeps a bounded number of snapshots', async () => {
    const encoder = await loadBuiltinEncoder()
    const serving = await start({
      fit: async ({ routeSet }) => ({ snapshot: Router.compile(routeSet, encoder).save(), evaluation: null }),
    })
    const snapshots = () => readdirSync(join(serving.folder, '.stratarouter', 'snapshots'))
    for (let routes = 15; routes < 35; routes++) {
      await serving.call('PUT', '/v1/route-sets/default', {
        ...largeSet(routes),
        defaults: { threshold: routes / 100 },
      })
      await serving.app.idle()
    }
    expect(snapshots().length).toBeLessThanOrEqual(17)
    expect(snapshots().every((name) => name.endsWith('.snapshot'))).toBe(true)
  })

  it('is made again when its snapshot has been damaged', async () => {
    const first = await start()
    await first.call('PUT', '/v1/route-sets/default', largeSet(20))
    const decision = await decide(first, 'please rename the garden 2')
    const folder = join(first.folder, '.stratarouter', 'snapshots')
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'damaged')
    const second = await restart(first)
    expect(await decide(second, 'please rename the garden 2')).toEqual(decision)
  })
})
