import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { benchLines } from '../../src/cli/bench/report.ts'
import { openTerminal } from '../../src/cli/terminal.ts'
import { runProgram } from './cli-process.ts'

const MOST_MS = 180_000

test(
  'bench measures in process and over HTTP, and says the conditions of every figure',
  async () => {
    const { code, out, errorOut } = await runProgram(['bench', '--seconds', '0.05', '--json'])
    expect(code, errorOut).toBe(0)
    const result = JSON.parse(out)
    expect(result.conditions).toMatchObject({ secondsEach: 0.05, node: process.versions.node })
    expect(result.inProcess.map((set: { source: string }) => set.source)).toEqual([
      'demo',
      'generated',
      'generated',
      'generated',
    ])
    expect(result.http.ways).toHaveLength(3)
    const numbersOf = (figures: Record<string, unknown>) =>
      Object.entries(figures).filter(([, value]) => typeof value === 'number')
    for (const [name, value] of [...result.inProcess, result.http.started].flatMap(numbersOf)) {
      expect(value, name).toBeGreaterThan(0)
    }
    for (const way of result.http.ways) {
      for (const [name, value] of numbersOf(way)) expect(value, name).toBeGreaterThanOrEqual(0)
      // On a machine that is busy enough the server may refuse all that comes in so short a time.
      expect(way.requests + way.refused).toBeGreaterThan(0)
    }

    const terminal = openTerminal({
      json: false,
      quiet: false,
      noColor: true,
      environment: { COLUMNS: '120' },
    })
    const text = benchLines(result, terminal).join('\n')
    for (const shape of ['11 x', '20 x 10', '150 x 20', '1,000 x 5']) expect(text).toContain(shape)
    expect(text).toContain(`Node ${process.versions.node}`)
    expect(text).toContain('0.05 s')
    expect(text).not.toMatch(/NaN|undefined/)
  },
  MOST_MS,
)

test('an address that cannot be asked is refused before anything is measured', async () => {
  const malformed = await runProgram(['bench', '--url', 'localhost:8000'])
  expect(malformed.code).toBe(2)
  expect(malformed.errorOut).toContain('--url expects an address such as http://127.0.0.1:8000')
  const deaf = await runProgram(['bench', '--url', 'http://127.0.0.1:1'])
  expect(deaf.code).toBe(2)
  expect(deaf.errorOut).toMatch(/Nothing answers at http:\/\/127\.0\.0\.1:1 .*leave --url out/s)
  expect(deaf.out).toBe('')
})

test('a server that does not decide is no server to measure', async () => {
  const other = createServer((_request, response) => response.end('hello'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
  const { code, errorOut } = await runProgram(['bench', '--url', url])
  other.close()
  expect(code).toBe(2)
  expect(errorOut).toContain(`${url} answers POST /v1/route with status 200 instead of a decision`)
})
