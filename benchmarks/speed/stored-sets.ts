// Measures a server whose route sets are in its database: node benchmarks/speed/stored-sets.ts [--quick] [--out FILE]
// A thousand sets of ten routes in one process, and one set of 10,000 examples started from its cached snapshot.
// Measures the build in dist/.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { fitVersion } from '../../src/app/fit-version.ts'
import { createApp } from '../../src/app/index.ts'
import { loadConfig } from '../../src/config/index.ts'
import type { RouteSet } from '../../src/contracts/index.ts'
import { builtinEncoder } from '../../src/encoders/builtin/index.ts'
import { conditionsOf, readSourceState } from '../quality/result-file.ts'
import { clincRoutes } from './route-sets.ts'

const LIMIT_MB = 300
const LIMIT_START_SECONDS = 1.5
const STARTS = 5
/** In which Linux counts the time of processes. */
const TICKS_A_SECOND = 100
const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, out: { type: 'string' } },
})
const setCount = values.quick ? 20 : 1000
const examplesPerRoute = values.quick ? 10 : 100

interface RunningServer {
  readonly process: ChildProcess
  readonly url: string
  /** From the start of the process until it says that it is ready. */
  readonly seconds: number
}

async function start(folder: string): Promise<RunningServer> {
  const startMs = performance.now()
  const started = spawn(process.execPath, [program, 'serve', '--port', '0'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    started.once('exit', (code) => reject(new Error(`the server ended with code ${code}`)))
    createInterface({ input: started.stdout }).on('line', (line) => {
      const { message, url } = JSON.parse(line) as { message: string; url?: string }
      if (message === 'ready' && url !== undefined) resolve(url)
    })
  })
  return { process: started, url, seconds: Math.round(performance.now() - startMs) / 1000 }
}

async function stop(server: RunningServer): Promise<void> {
  const ended = once(server.process, 'exit')
  server.process.kill('SIGINT')
  await ended
}

/** MB are 1,000,000 bytes. */
async function residentMb(server: RunningServer): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  const bytes = /^process_resident_memory_bytes(?:\{[^}]*\})? (\S+)$/m.exec(metrics)?.[1]
  return Math.round(Number(bytes) / 1e5) / 10
}

/** What a process has taken of the processor so far, which tells a slow start from a busy machine; null beyond Linux. */
function processorSeconds({ process: { pid } }: RunningServer): number | null {
  if (process.platform !== 'linux') return null
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  const ticks = Number(fields[11]) + Number(fields[12])
  return ticks / TICKS_A_SECOND
}

/** Stores sets as a server would that is asked to, fitting here as that takes a tenth of the time. */
async function store(folder: string, sets: ReadonlyMap<string, RouteSet>): Promise<void> {
  const { config } = loadConfig({ environment: {}, workingDirectory: folder, flags: {} })
  const app = await createApp(config, {
    logger: pino({ level: 'silent' }),
    fit: async (work) => ({ snapshot: fitVersion(work, builtinEncoder()).save(), evaluation: null }),
  })
  for (const [name, routeSet] of sets) await app.routes.replace(name, routeSet)
  await app.idle()
  await app.close()
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] as number

async function withFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'stratarouter-stored-sets-'))
  try {
    return await run(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Every set has ten of the 150 intents and ten examples of each, others than its neighbours. */
function manySets(): Map<string, RouteSet> {
  const { routes } = clincRoutes(150, 100)
  return new Map(
    Array.from({ length: setCount }, (_, set) => [
      set === 0 ? 'default' : `set-${set}`,
      {
        routes: Array.from({ length: 10 }, (_, place) => {
          const { name, examples } = routes[(set * 7 + place * 13) % routes.length] as (typeof routes)[number]
          const from = (set * 3) % 90
          return { name: `${name}-${place}`, examples: examples.slice(from, from + 10) }
        }),
      },
    ]),
  )
}

async function measureMany() {
  return withFolder(async (folder) => {
    const sets = manySets()
    await store(folder, sets)
    const server = await start(folder)
    const startProcessorSeconds = processorSeconds(server)
    const idleMb = await residentMb(server)
    for (const routeSet of sets.keys()) {
      const body = JSON.stringify({ text: 'what is my account balance', routeSet })
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${server.url}/v1/route`, { method: 'POST', headers, body })
      if (!answer.ok) throw new Error(await answer.text())
      await answer.arrayBuffer()
    }
    const afterDecisionsMb = await residentMb(server)
    await stop(server)
    return {
      sets: sets.size,
      startSeconds: server.seconds,
      startProcessorSeconds,
      idleMb,
      afterDecisionsMb,
    }
  })
}

async function measureStart() {
  return withFolder(async (folder) => {
    const { routes } = clincRoutes(100, examplesPerRoute)
    await store(folder, new Map([['default', { routes }]]))
    const seconds: number[] = []
    const processor: (number | null)[] = []
    for (let count = 0; count < STARTS; count++) {
      const server = await start(folder)
      seconds.push(server.seconds)
      processor.push(processorSeconds(server))
      await stop(server)
    }
    const examples = routes.reduce((sum, route) => sum + route.examples.length, 0)
    return { examples, medianSeconds: median(seconds), processorSeconds: processor, seconds }
  })
}

const source = readSourceState()
const startMs = performance.now()
const load = loadavg()[0] as number
const manySetsResult = await measureMany()
const startResult = await measureStart()
const result = {
  subject: 'stored-sets',
  conditions: await conditionsOf(source, {
    isQuick: values.quick,
    seconds: Math.round((performance.now() - startMs) / 1000),
  }),
  loadAtStart: load,
  manySets: manySetsResult,
  cachedStart: startResult,
}
if (values.out) writeFileSync(values.out, `${JSON.stringify(result, null, 2)}\n`)
console.log(JSON.stringify(result, null, 2))
const isMet = manySetsResult.afterDecisionsMb <= LIMIT_MB && startResult.medianSeconds <= LIMIT_START_SECONDS
if (!values.quick) {
  console.log(
    `${isMet ? 'met' : 'NOT met'}: at most ${LIMIT_MB} MB, and ${LIMIT_START_SECONDS} s to start with 10,000 examples`,
  )
  process.exitCode = isMet ? 0 : 1
}
