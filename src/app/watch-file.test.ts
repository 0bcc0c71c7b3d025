import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createLogger } from '../observability/index.ts'
import { textHash, watchFile } from './watch-file.ts'

it('tells of a change made before the watch began', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stratarouter-watch-'))
  const file = join(folder, 'routes.yaml')
  writeFileSync(file, 'new')
  const { promise, resolve } = Promise.withResolvers<string>()
  const watch = watchFile(file, textHash('old'), resolve, createLogger('silent'))
  try {
    expect(await promise).toBe('new')
  } finally {
    watch.close()
    rmSync(folder, { recursive: true })
  }
})
