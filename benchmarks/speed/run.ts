// Measures how fast the shipped router is: npm run bench:speed -- [--quick] [--out FILE] [--report] [--check]
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type BenchmarkRun, barLine, runBenchmark } from '../benchmark.ts'
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

const TEXT_SHAPE: SetShape = { source: 'clinc150', routes: 150, examples: 20 }

const COMPARED: readonly SetShape[] = [
  ...[10, 20, 100].map((examples) => ({ source: 'clinc150', routes: 150, examples }) as const),
  { source: 'synthetic', routes: 500, examples: 10 },
]

const QUICK: readonly SetShape[] = [
  { source: 'clinc150', routes: 10, examples: 10 },
  TEXT_SHAPE,
  { source: 'synthetic', routes: 312, examples: 10 },
]

const ALL: readonly SetShape[] = [
  ...[10, 20, 100].map((examples) => ({ source: 'clinc150', routes: 150, examples }) as const),
  ...[10, 100].map((routes) => ({ source: 'clinc150', routes, examples: 10 }) as const),
  ...[1000, ...DOUBLING].map((routes) => ({ source: 'synthetic', routes, examples: 10 }) as const),
]

process.exitCode = await runBenchmark<SpeedFile>(
  {
    name: 'speed',
    result: 'benchmarks/speed/results/speed.json',
    page: 'docs/speed.md',
    quick: 'small sets and few rounds',
    rounds: {
      says: 'passes over the queries of each set; the one least disturbed counts',
      usual: 30,
      quick: 3,
    },
    renderPage,
    measure,
    summary: (result) =>
      barsOf(result)
        .flatMap((bar) => {
          const { measured } = bar
          return measured === undefined ? [] : [barLine(isMet(bar), { ...bar, measured })]
        })
        .join('\n'),
  },
  process.argv.slice(2),
)

async function measure({ isQuick, rounds, folder, progress, conditions }: BenchmarkRun): Promise<SpeedFile> {
  const sets: MeasuredShape[] = []
  let texts: TextOutcome = { lengths: [], hostile: [] }
  for (const shape of isQuick ? QUICK : ALL) {
    const file = join(folder, 'snapshot.bin')
    const fit = await run<FitOutcome>({ kind: 'fit', shape, file })
    const serve = await run<ServeOutcome>({ kind: 'serve', shape, file, rounds })
    sets.push({ ...shape, fit, serve })
    if (shape.routes === TEXT_SHAPE.routes && shape.examples === TEXT_SHAPE.examples)
      texts = await run<TextOutcome>({ kind: 'texts', shape, file })
    progress(
      `${shape.routes} x ${shape.examples}: fit ${fit.seconds.toFixed(2)} s, route ${serve.latency.meanUs.toFixed(1)} us`,
    )
  }
  const heads: SpeedResult['heads'][number][] = []
  for (const shape of isQuick ? [] : COMPARED) {
    heads.push({ ...shape, ...(await run<HeadsOutcome>({ kind: 'heads', shape })) })
  }
  const server = await measureServer(folder, isQuick)
  return { conditions: await conditions(), sets, texts, heads, server }
}

async function measureServer(folder: string, isQuick: boolean): Promise<ServerMemory> {
  const { routes, queries } = clincRoutes(150, 100)
  const file = join(folder, 'routes.json')
  writeFileSync(file, JSON.stringify({ version: 1, routes }))
  const texts = queries.map(({ text }) => text)
  return measureServerMemory(file, folder, texts, isQuick ? [4000] : [4000, 40_000, 120_000])
}

async function run<Outcome>(task: Task): Promise<Outcome> {
  const script = fileURLToPath(new URL('./measure.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(task)], {
    maxBuffer: 2 ** 26,
  })
  return JSON.parse(stdout) as Outcome
}
