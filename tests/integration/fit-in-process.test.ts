import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { fitInProcess } from '../../src/app/fit-in-process.ts'
import type { RouteSet } from '../../src/contracts/index.ts'
import { Router } from '../../src/core/index.ts'
import { builtinEncoder } from '../../src/encoders/builtin/index.ts'

const routeSet: RouteSet = {
  routes: [
    { name: 'refund', examples: ['where is my refund?', 'I want my money back'] },
    { name: 'wetter', examples: ['wie wird das Wetter – heute?', '¿lloverá mañana? ☔'] },
  ],
}
const never = new AbortController().signal
const folder = mkdtempSync(join(tmpdir(), 'stratarouter-fits-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Starts a fit that would take minutes, from a process of its own. */
const PARENT = `
  import { fitInProcess } from ${JSON.stringify(new URL('../../src/app/fit-in-process.ts', import.meta.url))}
  const routes = Array.from({ length: 400 }, (_, route) => ({
    name: 'route ' + route,
    examples: Array.from({ length: 100 }, (_, index) => 'text ' + index + ' of ' + (route * 7919) + ' and more'),
  }))
  await fitInProcess({ routeSet: { routes } }, new AbortController().signal, process.argv[1])
`

/** Processes that a process has started and that live. */
const childrenOf = (pid: number | undefined): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // Nobody may have asked how it ended, here where there is no init.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

describe('a fit in another process', () => {
  it('makes the snapshot that a fit here makes', async () => {
    const here = Router.compile(routeSet, builtinEncoder())
    const there = Router.load((await fitInProcess({ routeSet }, never)).snapshot, builtinEncoder())
    expect(there.snapshot).toBe(here.snapshot)
    expect(there.routeSet).toEqual(routeSet)
  })

  it('ends when it is given up, with the reason that was given', async () => {
    const abort = new AbortController()
    const fit = fitInProcess({ routeSet }, abort.signal)
    abort.abort(new Error('no longer wanted'))
    await expect(fit).rejects.toThrow('no longer wanted')
  })

  it.skipIf(process.platform !== 'linux')(
    'ends with whoever wanted it, in the midst of fitting, and leaves nothing but drafts',
    async () => {
      const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT, folder])
      let fit = 0
      await vi.waitFor(
        () => {
          fit = childrenOf(parent.pid)[0] ?? 0
          // What it was to do has been read, and so it fits.
          expect([fit > 0, readdirSync(folder)]).toEqual([true, []])
        },
        { timeout: 20_000 },
      )
      expect(isAlive(fit)).toBe(true)
      parent.kill('SIGKILL')
      await once(parent, 'exit')
      await vi.waitFor(() => expect(isAlive(fit)).toBe(false), { timeout: 3000 })
      expect(readdirSync(folder).filter((name) => !name.endsWith('.draft'))).toEqual([])
    },
  )

  it('leaves nothing behind where it was told to work', async () => {
    await fitInProcess({ routeSet }, never, folder)
    expect(readdirSync(folder)).toEqual([])
  })

  it('says how the process ended when there is no snapshot', async () => {
    const broken = { routes: 'none' } as unknown as RouteSet
    await expect(fitInProcess({ routeSet: broken }, never)).rejects.toThrow('ended with code 1')
  })

  it('passes on why a set cannot be fitted as was asked', async () => {
    const work = { routeSet, inputs: { data: [], maxErrorRate: 0.02 }, isCandidate: true }
    await expect(fitInProcess(work, never)).rejects.toMatchObject({ code: 'not_enough_data' })
  })

  it('fits with labelled rows as a fit here does, and evaluates a candidate on a fifth of them', async () => {
    const texts = ['my money back please', 'the refund is late', 'wie wird das Wetter morgen', 'Wetter heute']
    const data = Array.from({ length: 40 }, (_, index) => ({
      text: `${texts[index % 4]} ${index}`,
      route: index % 4 < 2 ? 'refund' : 'wetter',
    }))
    const { snapshot, evaluation } = await fitInProcess(
      { routeSet, inputs: { data }, isCandidate: true },
      never,
    )
    const here = Router.compile(routeSet, builtinEncoder(), { data })
    expect(Router.load(snapshot, builtinEncoder()).snapshot).toBe(here.snapshot)
    expect(evaluation?.n).toBe(8)
  })
})
