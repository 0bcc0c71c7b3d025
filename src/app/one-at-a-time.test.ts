import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { oneAtATime } from './one-at-a-time.ts'

const folder = mkdtempSync(join(tmpdir(), 'stratarouter-one-at-a-time-'))
afterAll(() => rmSync(folder, { recursive: true }))
const { signal } = new AbortController()

test('the second begins when the first is done, whatever became of it', async () => {
  const file = join(folder, 'not-yet', 'there')
  const done: string[] = []
  let endFirst = (): void => {}
  let sayWaiting = (): void => {}
  const waiting = new Promise<void>((resolve) => {
    sayWaiting = resolve
  })
  let beginFirst = (): void => {}
  const begun = new Promise<void>((resolve) => {
    beginFirst = resolve
  })
  const first = oneAtATime(file, signal, async () => {
    beginFirst()
    await new Promise<void>((resolve) => {
      endFirst = resolve
    })
    done.push('first')
    throw new Error('in vain')
  })
  await begun
  const second = oneAtATime(file, signal, async () => done.push('second'), {
    now: () => Date.now(),
    async pause() {
      sayWaiting()
      await first.catch(() => undefined)
    },
  })
  await waiting
  expect(done).toEqual([])
  endFirst()
  await expect(first).rejects.toThrow('in vain')
  await second
  expect(done).toEqual(['first', 'second'])
  expect(existsSync(file)).toBe(false)
})

test('what a crash left behind holds nobody up for more than a minute', async () => {
  const file = join(folder, 'left')
  writeFileSync(file, '')
  let passedMs = 0
  let pauses = 0
  const work = oneAtATime(file, signal, async () => 'done', {
    now: () => Date.now() + passedMs,
    async pause() {
      pauses++
      passedMs += 30_000
    },
  })
  expect(await work).toBe('done')
  expect(pauses).toBeLessThanOrEqual(3)
  expect(pauses).toBeGreaterThanOrEqual(1)
})

test('waiting ends with the signal', async () => {
  const file = join(folder, 'held')
  writeFileSync(file, '')
  const abort = new AbortController()
  const work = oneAtATime(file, abort.signal, async () => 'done')
  abort.abort(new Error('no longer wanted'))
  await expect(work).rejects.toThrow()
})

test('where no file can be written the work is done', async () => {
  const file = join(folder, 'a-file', 'below-it')
  writeFileSync(join(folder, 'a-file'), '')
  await expect(oneAtATime(file, signal, async () => 'done')).resolves.toBe('done')
})
