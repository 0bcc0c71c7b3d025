import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeDirectory } from './make-directory.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stratarouter-directory-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('making a directory', () => {
  it('makes the parents that are missing, and is content with what exists', () => {
    const wanted = join(folder, 'a', 'b', 'c')
    makeDirectory(wanted)
    makeDirectory(wanted)
    expect(existsSync(wanted)).toBe(true)
  })

  it('says what stands in the way', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => makeDirectory(join(folder, 'file', 'x'))).toThrow(/cannot be made: .*Make it yourself/)
  })

  it('does not try for ever where nothing can be made', () => {
    expect(() => makeDirectory('/proc/stratarouter/x')).toThrow(/cannot be made|ENOENT/)
  })
})
