import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLogger } from '../observability/index.ts'
import { type FileWatch, textHash, watchFile } from './watch-file.ts'

const logger = createLogger('silent')
let folder: string
let file: string
let watches: FileWatch[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stratarouter-watch-'))
  file = join(folder, 'routes.yaml')
  watches = []
})
afterEach(() => {
  vi.useRealTimers()
  for (const watch of watches) watch.close()
  rmSync(folder, { recursive: true })
})

/** A watch and the texts that it told of; `next` is told once. */
function follow(seen: string) {
  const told: string[] = []
  let heard: (() => void) | undefined
  const changed = (text: string) => {
    told.push(text)
    heard?.()
  }
  const watch = watchFile(file, textHash(seen), changed, logger)
  watches.push(watch)
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      heard = () => {
        if (told.length >= count) resolve()
      }
      heard()
    })
  return { watch, told, until }
}

describe('watching a file', () => {
  it('tells of a change made before the watch began', async () => {
    writeFileSync(file, 'new')
    const { told, until } = follow('old')
    await until(1)
    expect(told).toEqual(['new'])
  })

  it('tells of what differs from the text before, and of nothing else', async () => {
    writeFileSync(file, 'old')
    const { told, until } = follow('old')
    // By the time that this one has told, the first reading of the other is over too.
    await follow('other').until(1)
    writeFileSync(file, 'new')
    await until(1)
    writeFileSync(file, 'old')
    await until(2)
    expect(told).toEqual(['new', 'old'])
  })

  it('waits anew after each step of a change, and for nothing once it is closed', async () => {
    writeFileSync(file, 'old')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const started = vi.spyOn(globalThis, 'setTimeout')
    const { watch } = follow('old')
    for (let steps = 1; steps <= 2; steps++) {
      writeFileSync(file, 'x'.repeat(steps))
      while (started.mock.calls.length < steps) await new Promise(setImmediate)
    }
    expect(vi.getTimerCount()).toBe(1)
    watch.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('tells nobody of a change after it is closed', async () => {
    writeFileSync(file, 'old')
    const closed = follow('old')
    closed.watch.close()
    const open = follow('old')
    writeFileSync(file, 'new')
    await open.until(1)
    expect(closed.told).toEqual([])
  })
})
