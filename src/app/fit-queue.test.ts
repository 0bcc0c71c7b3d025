import { describe, expect, it } from 'vitest'
import { FitCancelled, FitQueue, type Fitted } from './fit-queue.ts'
import type { FitWork } from './fit-version.ts'

interface Fit {
  readonly name: string | undefined
  readonly signal: AbortSignal
  readonly finish: () => void
  readonly fail: (error: Error) => void
}

function makeQueue(): { queue: FitQueue; fits: Fit[] } {
  const fits: Fit[] = []
  const queue = new FitQueue(
    ({ routeSet }, signal) =>
      new Promise((resolve, reject) => {
        const name = routeSet.routes[0]?.name
        fits.push({
          name,
          signal,
          finish: () => resolve({ snapshot: new TextEncoder().encode(name), evaluation: null }),
          fail: reject,
        })
        signal.addEventListener('abort', () => reject(signal.reason))
      }),
  )
  return { queue, fits }
}

const setOf = (name: string): FitWork => ({ routeSet: { routes: [{ name, examples: [] }] } })
const text = async (fitted: Promise<Fitted>) => new TextDecoder().decode((await fitted).snapshot)
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('FitQueue', () => {
  it('fits one set at a time, in the order of asking', async () => {
    const { queue, fits } = makeQueue()
    const first = queue.run('one', setOf('a'))
    const second = queue.run('two', setOf('b'))
    await turn()
    expect(fits.map(({ name }) => name)).toEqual(['a'])
    expect([queue.has('one'), queue.has('two'), queue.has('three')]).toEqual([true, true, false])
    fits[0]?.finish()
    expect(await text(first)).toBe('a')
    await turn()
    fits[1]?.finish()
    expect(await text(second)).toBe('b')
    await turn()
    expect(queue.has('two')).toBe(false)
  })

  it('gives up the fit of a set, waiting or running, when a newer one is asked for', async () => {
    const { queue, fits } = makeQueue()
    const running = queue.run('one', setOf('a'))
    const waiting = queue.run('one', setOf('b'))
    await expect(running).rejects.toThrow(FitCancelled)
    const newest = queue.run('one', setOf('c'))
    await expect(waiting).rejects.toThrow(FitCancelled)
    await turn()
    fits.at(-1)?.finish()
    expect(await text(newest)).toBe('c')
    expect(fits.slice(0, -1).every(({ signal }) => signal.aborted)).toBe(true)
  })

  it('goes on after a failure', async () => {
    const { queue, fits } = makeQueue()
    const failing = queue.run('one', setOf('a'))
    const next = queue.run('two', setOf('b'))
    fits[0]?.fail(new Error('out of memory'))
    await expect(failing).rejects.toThrow('out of memory')
    await turn()
    fits[1]?.finish()
    expect(await text(next)).toBe('b')
  })

  it('gives up everything when it closes, and takes nothing more', async () => {
    const { queue, fits } = makeQueue()
    const jobs = [queue.run('one', setOf('a')), queue.run('two', setOf('b'))]
    const closed = queue.close()
    for (const job of jobs) await expect(job).rejects.toThrow(FitCancelled)
    await closed
    await expect(queue.run('three', setOf('c'))).rejects.toThrow(FitCancelled)
    expect(fits).toHaveLength(1)
  })
})
