import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { makeDirectory } from './make-directory.ts'

const others = vi.hoisted(() => ({ areQuicker: false }))
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>()
  const mkdirSync = (path: string) => {
    if (others.areQuicker) real.mkdirSync(path)
    return real.mkdirSync(path)
  }
  return { ...real, mkdirSync }
})

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stratarouter-directory-'))
})
afterEach(() => {
  others.areQuicker = false
  rmSync(folder, { recursive: true })
})

describe('making a directory', () => {
  it('makes the parents that are missing, says which, and is content with what exists', () => {
    const wanted = join(folder, 'a', 'b')
    expect(makeDirectory(wanted)).toEqual([join(folder, 'a'), wanted])
    expect(existsSync(wanted)).toBe(true)
    expect(makeDirectory(wanted)).toEqual([])
  })

  it('is content where another process makes each of them first', () => {
    others.areQuicker = true
    const wanted = join(folder, 'a', 'b')
    expect(makeDirectory(wanted)).toEqual([])
    expect(existsSync(wanted)).toBe(true)
  })

  it('names the file that stands in the way', () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    for (const wanted of [file, join(file, 'x', 'y')]) {
      expect(() => makeDirectory(wanted)).toThrow(
        `The directory ${wanted} cannot be made: ${file} is a file. Choose another with --data-dir`,
      )
    }
  })

  // In a process of its own, since what does not end cannot be interrupted in this one.
  it('does not try for ever where nothing can be made', () => {
    const module = JSON.stringify(new URL('./make-directory.ts', import.meta.url))
    const program = `import { makeDirectory } from ${module}; makeDirectory('/proc/stratarouter/x')`
    const words = ['--input-type=module', '--eval', program]
    const { stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 20_000 })
    expect(stderr).toMatch(/The directory \/proc\/stratarouter\/x cannot be made: .*Make it yourself/)
  })
})
