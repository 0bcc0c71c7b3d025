import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
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
  const { code, out, errorOut } = await inFolder(['doctor', '--port', '0', '--json'])
  const { ok, checks } = JSON.parse(out)
  expect({ code, ok, errorOut }).toEqual({ code: 0, ok: true, errorOut: '' })
  expect(checks.map((check: Check) => check.name)).toEqual([
    ...['node', 'encoder', 'wasm simd', 'sqlite', 'configuration', 'data directory', 'port', 'route file'],
  ])
  expect(existsSync(folder.file('.stratarouter'))).toBe(false)
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
})

test('serve refuses more processes than it can start, and says how to have more', async () => {
  const { code, errorOut } = await inFolder(['serve', '--workers', '4'])
  expect(code).toBe(EXIT_CODES.usage.code)
  expect(errorOut).toMatch(/^error: --workers expects auto or 1, got "4": .*one process.*load balancer/)
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
