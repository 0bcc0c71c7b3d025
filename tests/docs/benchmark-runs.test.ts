import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Benchmark, type BenchmarkRun, barLine, runBenchmark } from '../../benchmarks/benchmark.ts'

interface Lengths {
  readonly metres: number
}

let root = ''
let runs: BenchmarkRun[] = []
const said: string[] = []
const RESULT = 'results/lengths.json'
const PAGE = 'lengths.md'

const benchmark: Benchmark<Lengths> = {
  name: 'lengths',
  result: RESULT,
  page: PAGE,
  quick: 'short ones',
  rounds: { says: 'times to measure', usual: 7, quick: 2 },
  renderPage: ({ metres }) => `${metres} m\n`,
  measure: async (run) => {
    runs.push(run)
    writeFileSync(join(run.folder, 'tape'), '')
    return { metres: 1.234567 }
  },
  summary: ({ metres }) => `measured ${metres}`,
}
const run = (...words: string[]) => runBenchmark(benchmark, words, root)
const read = (path: string) => readFileSync(join(root, path), 'utf8')

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'benchmark-'))
  runs = []
  said.length = 0
  for (const way of ['log', 'error'] as const)
    vi.spyOn(console, way).mockImplementation((text: string) => {
      said.push(text)
    })
  mkdirSync(join(root, 'results'))
  writeFileSync(join(root, RESULT), '{"metres":5}')
  writeFileSync(join(root, PAGE), '5 m\n')
})

afterEach(() => {
  vi.restoreAllMocks()
  rmSync(root, { recursive: true })
})

it('publishes what it measured, in four digits: the result and the page that says the same', async () => {
  expect(await run()).toBe(0)
  expect(JSON.parse(read(RESULT))).toEqual({ metres: 1.235 })
  expect(read(PAGE)).toBe('1.235 m\n')
  expect(said).toEqual(['measured 1.235'])
  expect(runs).toMatchObject([{ isQuick: false, rounds: 7 }])
})

it('publishes nothing of a quick run, nor of one whose result goes elsewhere', async () => {
  const elsewhere = join(root, 'deep/other.json')
  writeFileSync(join(root, PAGE), 'as it was')
  expect(await run('--quick')).toBe(0)
  expect(await run('--rounds', '3', '--out', elsewhere)).toBe(0)
  expect(await run('--quick', '--out', elsewhere)).toBe(0)
  expect(runs).toMatchObject([
    { isQuick: true, rounds: 2 },
    { isQuick: false, rounds: 3 },
    { isQuick: true, rounds: 2 },
  ])
  expect(read(RESULT)).toBe('{"metres":5}')
  expect(read(PAGE)).toBe('as it was')
  expect(JSON.parse(readFileSync(elsewhere, 'utf8'))).toEqual({ metres: 1.235 })
})

it('takes the folder of a run away, also when it fails', async () => {
  await run('--quick')
  const failing = {
    ...benchmark,
    measure: async (one: BenchmarkRun): Promise<Lengths> => {
      runs.push(one)
      throw new Error('the tape tore')
    },
  }
  await expect(runBenchmark(failing, [], root)).rejects.toThrow('the tape tore')
  expect(runs.map(({ folder }) => existsSync(folder))).toEqual([false, false])
  expect(read(RESULT)).toBe('{"metres":5}')
})

it('checks the page against the committed result and writes it anew, measuring nothing', async () => {
  expect(await run('--check')).toBe(0)
  writeFileSync(join(root, PAGE), '6 m\n')
  expect(await run('--check')).toBe(1)
  expect(said).toEqual([
    'lengths.md is not what results/lengths.json says; run: npm run bench:lengths -- --report',
  ])
  expect(await run('--report')).toBe(0)
  expect(read(PAGE)).toBe('5 m\n')
  expect(runs).toEqual([])
})

it('says what it takes, and refuses what it does not know and rounds that are no number', async () => {
  expect(await run('--help')).toBe(0)
  expect(said[0]).toContain('--rounds N  times to measure (default 7)')
  await expect(run('--round', '3')).rejects.toThrow("Unknown option '--round'")
  await expect(run('--rounds', 'many')).rejects.toThrow('--rounds to be a whole number from 1, got many')
  await expect(run('--rounds', '0')).rejects.toThrow('got 0')
  expect(runs).toEqual([])
})

it('marks a missed bar so that the eye finds it', () => {
  const bar = { what: 'a decision', measured: 12.345, unit: 'us', limit: 15 }
  expect(barLine(true, bar)).toBe('met     a decision: 12.3 us (bar 15)')
  expect(barLine(false, { ...bar, measured: 17 })).toBe('MISSED  a decision: 17.0 us (bar 15)')
})
