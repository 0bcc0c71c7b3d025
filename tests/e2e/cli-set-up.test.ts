import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import type { Check } from '../../src/cli/doctor/check.ts'
import { EXIT_CODES } from '../../src/cli/exit-codes.ts'
import { jsonLines, mainFile, runProgram, temporaryFolder } from './cli-process.ts'

const folder = temporaryFolder()
const inFolder = (words: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  runProgram(words, { cwd: folder.path, environment })

/** A port that is taken until the callback is done. */
async function withTakenPort(use: (port: number) => Promise<void>): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  try {
    await use(typeof address === 'object' && address !== null ? address.port : 0)
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}

test('config explain tells the value and the source of every setting', async () => {
  writeFileSync(folder.file('settings.yaml'), 'server:\n  host: localhost\n')
  const words = ['config', 'explain', '--config', 'settings.yaml', '--json']
  const { code, out } = await inFolder(words, { STRATAROUTER_SERVER_PORT: '8123' })
  expect(code).toBe(0)
  const { settings } = JSON.parse(out)
  const byPath = (path: string) => settings.find((setting: { path: string }) => setting.path === path)
  expect(byPath('server.port')).toMatchObject({ value: 8123, source: 'environment STRATAROUTER_SERVER_PORT' })
  expect(byPath('server.host')).toMatchObject({
    value: 'localhost',
    source: expect.stringContaining('settings.yaml'),
  })
  expect(byPath('log.level')).toMatchObject({ source: 'default' })
})

test('config explain refuses an unknown setting with the nearest', async () => {
  writeFileSync(folder.file('misspelt.yaml'), 'server:\n  prot: 1\n')
  const { code, errorOut } = await inFolder(['config', 'explain', '--config', 'misspelt.yaml'])
  expect(code).toBe(EXIT_CODES.input.code)
  expect(errorOut).toContain('server.prot: unknown; did you mean server.port?')
})

test('config schema prints a JSON Schema', async () => {
  const { out } = await inFolder(['config', 'schema'])
  expect(JSON.parse(out)).toMatchObject({ type: 'object', properties: { server: expect.any(Object) } })
})

test('doctor finds a good set-up in order and leaves nothing behind', async () => {
  expect((await inFolder(['init'])).code).toBe(0)
  const words = ['doctor', '--port', '0', '--data-dir', 'new/data', '--json']
  const { code, out, errorOut } = await inFolder(words)
  const { ok, checks } = JSON.parse(out)
  expect({ code, ok, errorOut }).toEqual({ code: 0, ok: true, errorOut: '' })
  expect(checks.map((check: Check) => check.name)).toEqual([
    ...['node', 'encoder', 'wasm simd', 'sqlite', 'configuration', 'data directory', 'database'],
    ...['port', 'route file'],
  ])
  expect(existsSync(folder.file('new'))).toBe(false)
})

test.each([
  [
    'a file in place of the data directory',
    ['--data-dir', 'a-file/data'],
    'data directory',
    /a-file is a file/,
    /--data-dir/,
  ],
  [
    'a database that is none',
    ['--data-dir', 'damaged'],
    'database',
    /\.db is no SQLite database/,
    /move it away/,
  ],
  [
    'a certificate that is none',
    ['--config', 'tls.yaml'],
    'certificate',
    /server\.tls cannot be used/,
    /PEM/,
  ],
  [
    'an address of another machine',
    ['--config', 'host.yaml'],
    'port',
    /no address 203\.0\.113\.1/,
    /server\.host/,
  ],
  [
    'a route file that is missing',
    ['--routes', 'none.yaml'],
    'route file',
    /none\.yaml does not exist/,
    /init/,
  ],
  [
    'a setting that is wrong',
    ['--config', 'wrong.yaml'],
    'configuration',
    /log\.level: expected one of/,
    /schema/,
  ],
])(
  'doctor says in words and with a remedy what is wrong with %s',
  async (_what, words, name, detail, remedy) => {
    mkdirSync(folder.file('damaged'), { recursive: true })
    const files = {
      'a-file': '',
      'damaged/stratarouter.db': 'these are not the bytes of a database',
      'tls.yaml': 'server: { tls: { cert: x, key: y } }',
      'host.yaml': 'server: { host: 203.0.113.1 }\nauth: { mode: none }',
      'wrong.yaml': 'log: { level: loud }',
    }
    for (const [file, text] of Object.entries(files)) writeFileSync(folder.file(file), text)
    const { code, out } = await inFolder(['doctor', '--port', '0', '--json', ...words])
    expect(code).toBe(EXIT_CODES.checkFailed.code)
    const failed: Check[] = JSON.parse(out).checks.filter((check: Check) => check.status === 'fail')
    expect(failed).toEqual([
      { name, status: 'fail', detail: expect.stringMatching(detail), remedy: expect.stringMatching(remedy) },
    ])
    // The names that the system gives to faults mean nothing to most people.
    expect(failed[0]?.detail).not.toMatch(/\bE[A-Z]{4,}\b/)
  },
)

test('doctor tells of names that are going away, and that the server starts all the same', async () => {
  const { code, out } = await inFolder(['doctor', '--json'], { SR_PORT: '0' })
  expect(code).toBe(0)
  expect(JSON.parse(out).checks).toContainEqual({
    name: 'configuration',
    status: 'warn',
    detail: expect.stringContaining('SR_PORT is deprecated; use STRATAROUTER_SERVER_PORT'),
    remedy: expect.any(String),
  })
})

test('doctor prints each problem of the configuration on a line of its own', async () => {
  writeFileSync(folder.file('two.yaml'), 'server: { port: many, host: 5 }')
  const { out } = await inFolder(['doctor', '--config', 'two.yaml'])
  expect(out).toMatch(/^fail {2}configuration .*2 problems:\n +server\.\w+: .*\n +server\.\w+: .*\n +Mend/m)
})

test('doctor names a taken port and a broken route file, each with a remedy, and ends with 1', async () => {
  writeFileSync(folder.file('broken.yaml'), 'routes: 7\n')
  await withTakenPort(async (port) => {
    const { code, out } = await inFolder([
      'doctor',
      '--port',
      String(port),
      '--routes',
      'broken.yaml',
      '--json',
    ])
    expect(code).toBe(EXIT_CODES.checkFailed.code)
    const failed: Check[] = JSON.parse(out).checks.filter((check: Check) => check.status === 'fail')
    expect(failed.map(({ name }) => name)).toEqual(['port', 'route file'])
    for (const check of failed) expect(check.remedy).toEqual(expect.any(String))
  })
})

test('serve answers, keeps standard output to JSON lines and stops when told', async () => {
  expect((await inFolder(['init', 'served.yaml'])).code).toBe(0)
  const words = ['serve', '--routes', 'served.yaml', '--port', '0', '--data-dir', 'data', '--workers', 'auto']
  const child = spawn(process.execPath, [mainFile, ...words], { cwd: folder.path })
  const exit = new Promise((resolve) => child.on('close', resolve))
  let logs = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    logs += text
  })
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const found = /http:\/\/[0-9.:]+/.exec(said)
      if (found && said.includes('curl')) resolve(found[0])
    })
    child.on('close', () => reject(new Error(`the server ended: ${said}`)))
  })
  const answer = await fetch(`${url}/v1/route`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'where is my refund?' }),
  })
  expect(await answer.json()).toMatchObject({ route: 'billing', reason: 'match' })
  child.kill('SIGINT')
  expect(await exit).toBe(0)
  expect(() => jsonLines(logs)).not.toThrow()
  expect(existsSync(folder.file('data/stratarouter.db'))).toBe(true)
})

test('serve refuses a number of workers that is none, and says what may be given', async () => {
  for (const workers of ['many', '0', '1.5', '-2', '257']) {
    const { code, errorOut } = await inFolder(['serve', `--workers=${workers}`])
    expect(code).toBe(EXIT_CODES.usage.code)
    expect(errorOut).toBe(
      `error: --workers expects auto or a whole number from 1 to 256, got "${workers}".\n`,
    )
  }
})

test('serve on a taken port ends with 5 and says how to choose another', async () => {
  await withTakenPort(async (port) => {
    const { code, errorOut } = await inFolder(['serve', '--port', String(port), '--json'])
    expect(code).toBe(EXIT_CODES.environment.code)
    const last = errorOut.trim().split('\n').at(-1)!
    expect(JSON.parse(last).error).toMatchObject({
      code: 'port_in_use',
      message: expect.stringContaining('--port'),
    })
  })
})
