import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runProgram, temporaryFolder } from './cli-process.ts'

const folder = temporaryFolder()

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ['-c', 'true']).status === 0
}

async function scriptOf(shell: string): Promise<string> {
  const { code, out } = await runProgram(['completion', shell])
  expect(code).toBe(0)
  const file = folder.file(`completion.${shell}`)
  writeFileSync(file, out)
  return file
}

for (const shell of ['bash', 'zsh', 'fish']) {
  const reason = isInstalled(shell) ? '' : ` (skipped: ${shell} is not installed; apt-get install ${shell})`
  test.skipIf(reason !== '')(`${shell} finds no fault in its completion script${reason}`, async () => {
    const { status, stderr } = spawnSync(shell, ['-n', await scriptOf(shell)], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
}

const bash = isInstalled('bash')
const bashReason = bash ? '' : ' (skipped: bash is not installed; apt-get install bash)'

test.skipIf(!bash).each([
  [['ro'], 'route'],
  [['route', '--th'], '--threshold'],
  [['completion', ''], 'bash zsh fish'],
  [['config', 'e'], 'explain'],
])(`bash completes %j to "%s"${bashReason}`, async (words, expected) => {
  const script = `source "${await scriptOf('bash')}"
    COMP_WORDS=(stratarouter ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
    _stratarouter; echo "\${COMPREPLY[*]}"`
  expect(spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout.trim()).toBe(expected)
})

const fish = isInstalled('fish')

test.skipIf(!fish)(
  `fish completes flags of the command at hand${fish ? '' : ' (skipped: fish is not installed; apt-get install fish)'}`,
  async () => {
    const script = `source "${await scriptOf('fish')}"; complete -C "stratarouter route --th"`
    const { stdout } = spawnSync('fish', ['-c', script], {
      encoding: 'utf8',
      env: { ...process.env, HOME: folder.path },
    })
    expect(stdout).toContain('--threshold')
  },
)

test('with --json the script comes as a value', async () => {
  const { out } = await runProgram(['completion', 'bash', '--json'])
  expect(JSON.parse(out)).toMatchObject({ shell: 'bash' })
})
