// Measures how fast the shipped router is: npm run bench:speed -- [--quick] [--out FILE] [--report] [--check]
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { conditionsOf, readSourceState } from '../quality/result-file.ts'
import { barsOf, DOUBLING, isMet } from './bars.ts'
import { renderPage, type SpeedFile } from './report.ts'
import { clincRoutes } from './route-sets.ts'
import { measureServerMemory } from './server-memory.ts'
import type {
  FitOutcome,
  HeadsOutcome,
  MeasuredShape,
  ServeOutcome,
  ServerMemory,
  SetShape,
  SpeedResult,
  Task,
  TextOutcome,
} from './tasks.ts'

const USAGE = `Usage: npm run bench:speed -- [options]
  --quick     small sets and few rounds, to see that everything runs; nothing is published
  --rounds N  passes over the queries of each set (default 30); the one least disturbed counts
  --out FILE  write the result there instead of benchmarks/speed/results/speed.json, and publish nothing
  --report    measure nothing: write docs/speed.md anew from the committed result
  --check     measure nothing: fail when docs/speed.md is not what the committed result says`

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '30' },
    out: { type: 'string' },
    report: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const RESULT = fileURLToPath(new URL('./results/speed.json', import.meta.url))
const PAGE = fileURLToPath(new URL('../../docs/speed.md', import.meta.url))
const TEXT_SHAPE: SetShape = { source: 'clinc150', routes: 150, examples: 20 }

const COMPARED: readonly SetShape[] = [
  ...[10, 20, 100].map((examples) => ({ source: 'clinc150', routes: 150, examples }) as const),
  { source: 'synthetic', routes: 500, examples: 10 },
]

const shapes: readonly SetShape[] = values.quick
  ? [
      { source: 'clinc150', routes: 10, examples: 10 },
      TEXT_SHAPE,
      { source: 'synthetic', routes: 312, examples: 10 },
    ]
  : [
      ...[10, 20, 100].map((examples) => ({ source: 'clinc150', routes: 150, examples }) as const),
      ...[10, 100].map((routes) => ({ source: 'clinc150', routes, examples: 10 }) as const),
      ...[1000, ...DOUBLING].map((routes) => ({ source: 'synthetic', routes, examples: 10 }) as const),
    ]

const readCommitted = () => JSON.parse(readFileSync(RESULT, 'utf8')) as SpeedFile

if (values.help) console.log(USAGE)
else if (values.report) writeFileSync(PAGE, renderPage(readCommitted()))
else if (values.check) {
  const isFresh = readFileSync(PAGE, 'utf8') === renderPage(readCommitted())
  if (!isFresh)
    console.error(
      'docs/speed.md is not what benchmarks/speed/results says; run: npm run bench:speed -- --report',
    )
  process.exitCode = isFresh ? 0 : 1
} else await measure()

async function measure(): Promise<void> {
  const source = readSourceState()
  const start = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'stratarouter-speed-'))
  try {
    const sets: MeasuredShape[] = []
    let texts: TextOutcome = { lengths: [], hostile: [] }
    for (const shape of shapes) {
      const file = join(folder, 'snapshot.bin')
      const fit = await run<FitOutcome>({ kind: 'fit', shape, file })
      const rounds = values.quick ? 3 : Number(values.rounds)
      const serve = await run<ServeOutcome>({ kind: 'serve', shape, file, rounds })
      sets.push({ ...shape, fit, serve })
      if (shape.routes === TEXT_SHAPE.routes && shape.examples === TEXT_SHAPE.examples)
        texts = await run<TextOutcome>({ kind: 'texts', shape, file })
      const seconds = ((performance.now() - start) / 1000).toFixed(0).padStart(4)
      console.error(
        `${seconds} s  ${shape.routes} x ${shape.examples}: fit ${fit.seconds.toFixed(2)} s, route ${serve.latency.meanUs.toFixed(1)} us`,
      )
    }
    const heads: SpeedResult['heads'][number][] = []
    for (const shape of values.quick ? [] : COMPARED) {
      heads.push({ ...shape, ...(await run<HeadsOutcome>({ kind: 'heads', shape })) })
    }
    const server = await measureServer(folder)
    const conditions = await conditionsOf(source, {
      isQuick: values.quick,
      seconds: (performance.now() - start) / 1000,
    })
    const result: SpeedFile = {
      conditions: { ...conditions, load: loadavg()[1]! },
      sets,
      texts,
      heads,
      server,
    }
    publish(result)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function measureServer(folder: string): Promise<ServerMemory> {
  const { routes, queries } = clincRoutes(150, 100)
  const file = join(folder, 'routes.json')
  writeFileSync(file, JSON.stringify({ version: 1, routes }))
  const texts = queries.map(({ text }) => text)
  return measureServerMemory(file, folder, texts, values.quick ? [4000] : [4000, 40_000, 120_000])
}

function publish(result: SpeedFile): void {
  for (const bar of barsOf(result)) {
    if (bar.measured !== undefined)
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

async function run<Outcome>(task: Task): Promise<Outcome> {
  const script = fileURLToPath(new URL('./measure.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(task)], {
    maxBuffer: 2 ** 26,
  })
  return JSON.parse(stdout) as Outcome
}
