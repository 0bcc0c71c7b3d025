// Measures the server under load: npm run bench:load -- [--quick] [--out FILE] [--report] [--check]
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { conditionsOf, readSourceState } from '../quality/result-file.ts'
import { barsOf, isMet } from './bars.ts'
import { measureLoad } from './measure.ts'
import { canPin } from './processes.ts'
import { type LoadFile, renderPage } from './report.ts'

const USAGE = `Usage: npm run bench:load -- [options]
  --quick     few and short rounds, to see that everything runs; nothing is published
  --rounds N  rounds of each comparison (default 7)
  --out FILE  write the result there instead of benchmarks/load/results/load.json, and publish nothing
  --report    measure nothing: write docs/load.md anew from the committed result
  --check     measure nothing: fail when docs/load.md is not what the committed result says`

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    out: { type: 'string' },
    report: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const RESULT = fileURLToPath(new URL('./results/load.json', import.meta.url))
const PAGE = fileURLToPath(new URL('../../docs/load.md', import.meta.url))
const BOOTSTRAP = fileURLToPath(new URL('../../scripts/bootstrap.mjs', import.meta.url))

const readCommitted = () => JSON.parse(readFileSync(RESULT, 'utf8')) as LoadFile

if (values.help) console.log(USAGE)
else if (values.report) writeFileSync(PAGE, renderPage(readCommitted()))
else if (values.check) {
  const isFresh = readFileSync(PAGE, 'utf8') === renderPage(readCommitted())
  if (!isFresh)
    console.error(
      'docs/load.md is not what benchmarks/load/results says; run: npm run bench:load -- --report',
    )
  process.exitCode = isFresh ? 0 : 1
} else await measure()

async function measure(): Promise<void> {
  // What is measured is what was built, so it must be built from what is here.
  const built = spawnSync(process.execPath, [BOOTSTRAP, 'setup'], { stdio: ['ignore', 2, 2] })
  if (built.status !== 0) throw new Error('the build failed')
  const source = readSourceState()
  const start = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'stratarouter-load-'))
  try {
    const effort = values.quick ? { rounds: 1, seconds: 0.5 } : { rounds: Number(values.rounds), seconds: 2 }
    const seconds = () => (performance.now() - start) / 1000
    const result = await measureLoad(folder, effort, (message) =>
      console.error(`${seconds().toFixed(0).padStart(4)} s  ${message}`),
    )
    const conditions = await conditionsOf(source, { isQuick: values.quick, seconds: seconds() })
    publish({ conditions: { ...conditions, load: loadavg()[1]!, isPinned: canPin }, ...result })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function publish(result: LoadFile): void {
  for (const bar of barsOf(result)) {
    console.log(
      `${isMet(bar) ? 'met   ' : 'MISSED'}  ${bar.what}: ${bar.measured.toPrecision(3)} ${bar.unit} (bar ${bar.limit})`,
    )
  }
  const file = values.out ?? (values.quick ? undefined : RESULT)
  if (file === undefined) return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(result, shorten, 1)}\n`)
  if (file === RESULT) writeFileSync(PAGE, renderPage(readCommitted()))
}

/** Four digits: more would only make two files harder to compare. */
function shorten(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value
}
