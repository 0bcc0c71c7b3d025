import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { COMMANDS, loadAllCommands } from '../../src/cli/commands/index.ts'
import { EXIT_CODES } from '../../src/cli/exit-codes.ts'
import { cliReference } from '../../src/cli/reference.ts'
import { runProgram, temporaryFolder } from './cli-process.ts'

const folder = temporaryFolder()

test('without a command the program shows what it can do', async () => {
  const { code, out } = await runProgram([])
  expect(code).toBe(0)
  for (const name of Object.keys(COMMANDS)) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'))
})

test('every command is named in the table as in itself, and helps with two examples', async () => {
  const commands = await loadAllCommands()
  expect(commands.map((command) => command.name)).toEqual(Object.keys(COMMANDS))
  for (const command of commands) expect(command.examples.length).toBeGreaterThanOrEqual(2)
})

test.each(Object.keys(COMMANDS))('%s --help prints usage and examples and ends well', async (name) => {
  const { code, out, errorOut } = await runProgram([name, '--help'])
  expect({ code, errorOut }).toEqual({ code: 0, errorOut: '' })
  expect(out).toContain(`stratarouter ${name}`)
  expect(out).toContain('Examples')
})

test('help NAME is the same as NAME --help', async () => {
  expect((await runProgram(['help', 'fit'])).out).toBe((await runProgram(['fit', '--help'])).out)
})

test('--version prints the version of the package', async () => {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  expect((await runProgram(['--version'])).out.trim()).toBe(manifest.version)
})

test('a misspelt command is refused with the nearest one', async () => {
  const { code, out, errorOut } = await runProgram(['evl'])
  expect({ code, out }).toEqual({ code: EXIT_CODES.usage.code, out: '' })
  expect(errorOut).toBe('error: There is no command "evl". Did you mean: stratarouter eval\n')
})

test('a misspelt flag is refused with the nearest one', async () => {
  const { code, errorOut } = await runProgram(['fit', '--ruotes', 'routes.yaml'])
  expect(code).toBe(EXIT_CODES.usage.code)
  expect(errorOut).toBe('error: fit has no flag --ruotes. Did you mean --routes FILE?\n')
})

test('with --json an error is one JSON line on standard error', async () => {
  const { code, out, errorOut } = await runProgram(['route', '--json', '--top-k', 'many', 'hello'])
  expect({ code, out }).toEqual({ code: EXIT_CODES.usage.code, out: '' })
  expect(JSON.parse(errorOut)).toEqual({
    error: {
      code: 'invalid_request',
      message: '--top-k expects a whole number from 1 to 100, got "many".',
      details: [],
    },
  })
})

test.each([['route', 'hello'], ['lint'], ['fit', '--out', 'x.snapshot']])(
  'without a route file %s names the way out',
  async (...words) => {
    const { code, errorOut } = await runProgram(words, { cwd: folder.path })
    expect(code).toBe(EXIT_CODES.input.code)
    expect(errorOut).toMatch(/no \.\/routes\.yaml.*stratarouter init/)
  },
)

test.each([
  ['route', '--routes', 'missing.yaml', 'hello'],
  ['route', '--snapshot', 'missing.snapshot', 'hello'],
  ['fit', '--routes', 'missing.yaml', '--out', 'out.snapshot'],
  ['eval', '--routes', 'missing.yaml', '--data', 'missing.jsonl'],
  ['lint', '--routes', 'missing.yaml'],
  ['diff', 'missing-a.yaml', 'missing-b.yaml', '--data', 'missing.jsonl'],
  ['serve', '--routes', 'missing.yaml', '--port', '0'],
  ['config', 'explain', '--config', 'missing.yaml'],
])('a missing file ends %s with 3, its name and no stack trace', async (...words) => {
  const { code, out, errorOut } = await runProgram(words, { cwd: folder.path })
  expect({ code, out }).toEqual({ code: EXIT_CODES.input.code, out: '' })
  expect(errorOut).toMatch(/^error: .*missing/)
  expect(errorOut).not.toMatch(/^\s+at /m)
  expect(errorOut.trimEnd().split('\n').length).toBeLessThanOrEqual(3)
})

test('colour appears when forced, never in a pipe and never with NO_COLOR', async () => {
  const colourCode = '\u001b['
  expect((await runProgram(['--help'])).out).not.toContain(colourCode)
  expect((await runProgram(['--help'], { environment: { FORCE_COLOR: '1' } })).out).toContain(colourCode)
  const both = { FORCE_COLOR: '1', NO_COLOR: '1' }
  expect((await runProgram(['--help'], { environment: both })).out).not.toContain(colourCode)
  const flag = await runProgram(['route', '--no-color', '--help'], { environment: { FORCE_COLOR: '1' } })
  expect(flag.out).not.toContain(colourCode)
})

test('docs/reference/cli.md is what scripts/write-cli-reference.ts writes', async () => {
  const written = readFileSync(new URL('../../docs/reference/cli.md', import.meta.url), 'utf8')
  expect(written).toBe(await cliReference())
})
