import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const examples = readdirSync(join(root, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

/** Whoever runs an example may have keys of their own in the environment, which must not be used. */
const environment = { PATH: process.env.PATH }

it('has an example for each way to carry calls to models', () => {
  expect(examples).toEqual(['agent-switchboard', 'ai-sdk-app', 'failover', 'multi-tenant-gateway'])
})

describe.each(examples)('the example %s', (name) => {
  const readme = readFileSync(join(root, 'examples', name, 'README.md'), 'utf8')

  it('is described on one screen, with the command that runs it', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(60)
    expect(readme).toContain(`node examples/${name}/run.mjs`)
  })

  it('prints what its description says', async () => {
    const expected = readme.split('```text\n')[1]?.split('```')[0]
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [join(root, 'examples', name, 'run.mjs')],
      { cwd: root, env: environment },
    )
    expect({ stdout, stderr }).toEqual({ stdout: expected, stderr: '' })
  })
})
