import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Conditions, conditionsOf, readSourceState } from './quality/result-file.ts'

/** One measurement under way. */
export interface BenchmarkRun {
  readonly isQuick: boolean
  readonly rounds: number
  /** A folder of its own, gone when the run ends. */
  readonly folder: string
  /** Says on standard error how far the run is, with the seconds so far. */
  readonly progress: (message: string) => void
  /** Of the sources as they were when the run began, and of the machine now. */
  readonly conditions: () => Promise<Conditions & { readonly load: number }>
}

/** What the command line of a benchmark says of itself. */
interface BenchmarkCommand {
  /** `npm run bench:<name>`. */
  readonly name: string
  /** Paths from the root of the repository. */
  readonly result: string
  readonly page: string
  /** What `--quick` leaves out. */
  readonly quick: string
  readonly rounds: { readonly says: string; readonly usual: number; readonly quick: number }
}

/** A benchmark with one committed result and one page that is generated from it. */
export interface Benchmark<Result> extends BenchmarkCommand {
  readonly renderPage: (result: Result) => string
  readonly measure: (run: BenchmarkRun) => Promise<Result>
  /** What to print when all is measured. */
  readonly summary: (result: Result) => string
}

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  out: { type: 'string' },
  report: { type: 'boolean', default: false },
  check: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

const usageOf = ({ name, result, page, quick, rounds }: BenchmarkCommand) =>
  `Usage: npm run bench:${name} -- [options]
  --quick     ${quick}, to see that everything runs; nothing is published
  --rounds N  ${rounds.says} (default ${rounds.usual})
  --out FILE  write the result there instead of ${result}, and publish nothing
  --report    measure nothing: write ${page} anew from the committed result
  --check     measure nothing: fail when ${page} is not what the committed result says`

/**
 * Does what the words of a command line ask of a benchmark: measure and publish, or see to its page alone.
 * @param root folder that the paths of the benchmark start from
 * @returns the exit code
 */
export async function runBenchmark<Result>(
  benchmark: Benchmark<Result>,
  words: readonly string[],
  root = fileURLToPath(new URL('../', import.meta.url)),
): Promise<number> {
  const { values } = parseArgs({ args: [...words], options: OPTIONS })
  const committed = join(root, benchmark.result)
  const page = join(root, benchmark.page)
  const rendered = () => benchmark.renderPage(JSON.parse(readFileSync(committed, 'utf8')) as Result)
  if (values.help) console.log(usageOf(benchmark))
  else if (values.report) writeFileSync(page, rendered())
  else if (values.check) {
    if (readFileSync(page, 'utf8') === rendered()) return 0
    console.error(
      `${benchmark.page} is not what ${benchmark.result} says; run: npm run bench:${benchmark.name} -- --report`,
    )
    return 1
  } else {
    const isQuick = values.quick
    const { usual, quick } = benchmark.rounds
    const result = await measured(benchmark, isQuick, isQuick ? quick : roundsOf(values.rounds, usual))
    console.log(benchmark.summary(result))
    const file = values.out ?? (isQuick ? undefined : committed)
    if (file === undefined) return 0
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${JSON.stringify(result, null, 1)}\n`)
    if (file === committed) writeFileSync(page, rendered())
  }
  return 0
}

function roundsOf(word: string | undefined, usual: number): number {
  const rounds = Number(word ?? usual)
  if (Number.isInteger(rounds) && rounds >= 1) return rounds
  throw new Error(`Expected --rounds to be a whole number from 1, got ${word}.`)
}

async function measured<Result>(
  { name, measure }: Benchmark<Result>,
  isQuick: boolean,
  rounds: number,
): Promise<Result> {
  const source = readSourceState()
  const start = performance.now()
  const seconds = () => (performance.now() - start) / 1000
  const folder = mkdtempSync(join(tmpdir(), `stratarouter-${name}-`))
  try {
    const result = await measure({
      isQuick,
      rounds,
      folder,
      progress: (message) => console.error(`${seconds().toFixed(0).padStart(4)} s  ${message}`),
      conditions: async () => ({
        ...(await conditionsOf(source, { isQuick, seconds: seconds() })),
        load: loadavg()[1] as number,
      }),
    })
    // What is printed is what will be read from the file.
    return JSON.parse(JSON.stringify(result, shorten)) as Result
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Four digits: more would only make two files harder to compare. */
function shorten(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value
}

/** One line of a summary: a bar that is met or missed, and what was measured. */
export function barLine(
  isMet: boolean,
  bar: { readonly what: string; readonly measured: number; readonly unit: string; readonly limit: number },
): string {
  return `${isMet ? 'met   ' : 'MISSED'}  ${bar.what}: ${bar.measured.toPrecision(3)} ${bar.unit} (bar ${bar.limit})`
}
