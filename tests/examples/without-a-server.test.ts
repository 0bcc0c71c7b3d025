import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

it('the program of the guide prints what the guide says', async () => {
  const guide = readFileSync(join(root, 'docs/guides/without-a-server.md'), 'utf8')
  const block = (info: string) => guide.split(`\`\`\`${info}\n`)[1]?.split('```')[0] ?? ''
  const words = ['--input-type=module', '--eval', block('js runtime.mjs')]
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: root })
  expect(stdout).toBe(block('text runtime.mjs.output'))
})
