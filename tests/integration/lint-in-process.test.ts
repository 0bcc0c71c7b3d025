import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { lintInProcess } from '../../src/app/lint-in-process.ts'
import { Router } from '../../src/core/index.ts'
import { lintRoutes } from '../../src/core/lint-routes.ts'
import { builtinEncoder } from '../../src/encoders/builtin/index.ts'

const urlOf = (name: string) => JSON.stringify(new URL(`../../src/app/${name}`, import.meta.url))
function run(source: string): ChildProcess {
  const args = ['--input-type=module', '-e', source]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] })
  children.push(child)
  return child
}
/** Whatever goes wrong, nothing is left behind. */
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
const endOf = async (child: ChildProcess) => (await once(child, 'exit'))[1]
const lifelineOf = (child: ChildProcess) => child.stdio[3] as Readable

describe('a lint in another process', () => {
  const router = Router.compile({ routes: [{ name: 'a', examples: ['x'] }] }, builtinEncoder())

  it('finds what a lint here finds', async () => {
    const { problems } = lintRoutes(router.routeSet, router)
    expect(problems).not.toEqual([])
    expect(await lintInProcess(router.save(), new AbortController().signal)).toEqual(problems)
  })

  it('rejects with the reason when it is given up, and says how it ended when it failed', async () => {
    const abort = new AbortController()
    const lint = lintInProcess(router.save(), abort.signal)
    abort.abort(new Error('no longer wanted'))
    await expect(lint).rejects.toThrow('no longer wanted')
    const broken = lintInProcess(new Uint8Array(10), new AbortController().signal)
    await expect(broken).rejects.toThrow('ended with code 1')
  })

  it('ends when its lifeline does, before it has read everything', async () => {
    const child = run(`await import(${urlOf('lint-process.ts')})`)
    child.stdin?.write('some')
    lifelineOf(child).destroy()
    expect(await endOf(child)).toBe('SIGKILL')
  })
})

describe('a process with a lifeline', () => {
  it('ends with it in the middle of work that never lets go of the thread', async () => {
    const child = run(`
      import { writeSync } from 'node:fs'
      import { endWithParent } from ${urlOf('end-with-parent.ts')}
      endWithParent(3)
      writeSync(1, 'working')
      for (;;) {}
    `)
    await once(child.stdout as Readable, 'data')
    lifelineOf(child).destroy()
    expect(await endOf(child)).toBe('SIGKILL')
  })

  it('ends by itself once it has let go of it', async () => {
    const child = run(`
      import { endWithParent } from ${urlOf('end-with-parent.ts')}
      await endWithParent(3)()
    `)
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
