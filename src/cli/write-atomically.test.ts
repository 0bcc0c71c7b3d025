import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeAtomically } from './write-atomically.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stratarouter-write-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('the new content takes the place of the old', async () => {
  const path = join(folder, 'a.txt')
  await writeAtomically(path, 'one')
  await writeAtomically(path, new Uint8Array([50]))
  expect(await readFile(path, 'utf8')).toBe('2')
})

test('a write that cannot be finished leaves nothing behind', async () => {
  const path = join(folder, 'taken')
  await mkdir(path)
  await expect(writeAtomically(path, 'text')).rejects.toMatchObject({ code: 'invalid_request' })
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('a missing folder is named', async () => {
  const path = join(folder, 'no', 'such', 'file')
  await expect(writeAtomically(path, 'text')).rejects.toMatchObject({ code: 'file_not_found' })
})

test('an error names the file that was wanted, not the temporary one', async () => {
  const path = join(folder, 'n'.repeat(300))
  await expect(writeAtomically(path, 'text')).rejects.toMatchObject({ code: 'ENAMETOOLONG', path })
})
