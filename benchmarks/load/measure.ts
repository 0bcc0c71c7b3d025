import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clincRoutes, type MeasuredSet } from '../speed/route-sets.ts'
import { Generator, ServerProcess } from './processes.ts'
import type {
  Comparison,
  LoadOutcome,
  LoadResult,
  OverloadOutcome,
  RefitWindow,
  Requests,
  Round,
} from './tasks.ts'

const ROUTE = '/v1/route'
const BATCH = '/v1/route/batch'
const BATCH_SIZE = 64
const CONNECTIONS = 64

export interface Effort {
  readonly rounds: number
  readonly seconds: number
}

/** Everything that docs/load.md tells, measured one after the other. */
export async function measureLoad(
  folder: string,
  effort: Effort,
  progress: (message: string) => void,
): Promise<LoadResult> {
  const set = clincRoutes(150, 20)
  const texts = differentTexts(set)
  const numbered = texts.map((text, index) => JSON.stringify({ text: `${text} ${index}` }))
  const singles: Requests = { path: ROUTE, bodies: texts.map((text) => JSON.stringify({ text })) }
  const batches: Requests = {
    path: BATCH,
    bodies: Array.from({ length: Math.floor(texts.length / BATCH_SIZE) }, (_, index) =>
      JSON.stringify({ texts: texts.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE) }),
    ),
  }
  const generator = new Generator()
  try {
    const routeFile = writeRoutes(folder, 'routes.json', set)
    const dataDir = join(folder, 'data')
    const ours = await ServerProcess.startOurs(routeFile, dataDir)
    const answer = await (await post(ours, ROUTE, { text: texts[0] })).text()
    const bare = await ServerProcess.startBare(answer)
    const one = sideOf(generator, singles)
    const many = sideOf(generator, batches, BATCH_SIZE)
    const single = await compare(
      effort,
      () => one(bare, effort.seconds),
      () => one(ours, effort.seconds),
    )
    progress('single decisions')
    const newWords = sideOf(generator, { path: ROUTE, bodies: numbered })
    const withNewWords = await compare(
      effort,
      () => newWords(bare, effort.seconds),
      () => newWords(ours, effort.seconds),
    )
    progress('single decisions with new words')
    await bare.stop()
    const batch = await compare(
      effort,
      () => one(ours, effort.seconds),
      () => many(ours, effort.seconds),
    )
    const oneByOne = sideOf(generator, singles, 1, 1)
    const manyByOne = sideOf(generator, batches, BATCH_SIZE, 1)
    const batchOfOneClient = await compare(
      effort,
      () => oneByOne(ours, effort.seconds),
      () => manyByOne(ours, effort.seconds),
    )
    progress('batches')
    const overload = await measureOverload(generator, ours, singles, batches, effort)
    progress('overload')
    await ours.stop()
    const workers = await measureWorkers(one, routeFile, dataDir, effort)
    progress('workers')
    const refit = await measureRefit(generator, singles, set, join(folder, 'refit'), effort)
    progress('refits')
    const start = await measureStart(folder, effort)
    progress('starts')
    return {
      answerBytes: Buffer.byteLength(answer),
      texts: texts.length,
      single,
      withNewWords,
      batch,
      batchOfOneClient,
      workers,
      refit,
      overload,
      start,
    }
  } finally {
    generator.stop()
  }
}

/** All texts of CLINC150 that are not examples of the routes, no two the same: 19,000 or so. */
function differentTexts({ routes, queries }: MeasuredSet): string[] {
  const examples = new Set(routes.flatMap((route) => route.examples))
  const training = clincRoutes(routes.length, 100).routes.flatMap((route) => route.examples)
  const others = [...queries, ...clincRoutes(routes.length, 1, 'val').queries].map(({ text }) => text)
  return [...new Set([...others, ...training])].filter((text) => !examples.has(text))
}

function writeRoutes(folder: string, name: string, { routes }: MeasuredSet): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, name)
  writeFileSync(file, JSON.stringify({ version: 1, routes }))
  return file
}

function post(server: ServerProcess, path: string, body: unknown, method = 'POST'): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.port}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

type Side = (server: ServerProcess, seconds: number) => Promise<Round>

/** @param unitsEach decisions in one request */
function sideOf(generator: Generator, requests: Requests, unitsEach = 1, connections = CONNECTIONS): Side {
  return async (server, seconds) => {
    await generator.prepare(requests)
    const cpuBefore = server.cpuSeconds()
    const outcome = await generator.run({ port: server.port, connections, seconds })
    const cpuSeconds = server.cpuSeconds() - cpuBefore
    if (outcome.good < 0.99 * outcome.answered)
      throw new Error(`a server refused requests: ${JSON.stringify(outcome.statuses)}`)
    const units = outcome.good * unitsEach
    return {
      perSecond: units / outcome.seconds,
      perCpuSecond: cpuSeconds > 0 ? units / cpuSeconds : null,
      cores: Number.isNaN(cpuSeconds) ? null : cpuSeconds / outcome.seconds,
      p50Ms: outcome.p50Ms,
      p99Ms: outcome.p99Ms,
    }
  }
}

/** Rounds in turn, the first of a pair changing, after one of each that does not count. */
async function compare(
  { rounds }: Effort,
  measureBase: () => Promise<Round>,
  measureOurs: () => Promise<Round>,
): Promise<Comparison> {
  await measureBase()
  await measureOurs()
  const base: Round[] = []
  const ours: Round[] = []
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) base.push(await measureBase())
    ours.push(await measureOurs())
    if (round % 2 === 1) base.push(await measureBase())
  }
  return { base, ours }
}

async function measureWorkers(
  side: Side,
  routeFile: string,
  dataDir: string,
  effort: Effort,
): Promise<Comparison> {
  const isPinned = false
  const one = await ServerProcess.startOurs(routeFile, dataDir, { isPinned, flags: ['--workers', '1'] })
  const two = await ServerProcess.startOurs(routeFile, dataDir, { isPinned, flags: ['--workers', '2'] })
  const outcome = await compare(
    effort,
    () => side(one, effort.seconds),
    () => side(two, effort.seconds),
  )
  await one.stop()
  await two.stop()
  return outcome
}

const LIGHT_PER_SECOND = 500
const LIGHT_CONNECTIONS = 8
/** Fits of other sizes end sooner or later; the window that is compared with them lasts as long as this. */
const WINDOW_SECONDS = 2

/** The same light load while the set is refitted after an edit, and while nothing else happens. */
async function measureRefit(
  generator: Generator,
  requests: Requests,
  { routes }: MeasuredSet,
  dataDir: string,
  { rounds }: Effort,
): Promise<LoadResult['refit']> {
  const server = await ServerProcess.startOurs('', dataDir, { isPinned: false })
  await generator.prepare(requests)
  await post(server, '/v1/route-sets/default', { routes }, 'PUT')
  await untilFitted(server)
  const light = (seconds: number) =>
    generator.run({
      port: server.port,
      connections: LIGHT_CONNECTIONS,
      perSecond: LIGHT_PER_SECOND,
      readsLatency: true,
      seconds,
    })
  await light(WINDOW_SECONDS)
  const without: RefitWindow[] = []
  const during: RefitWindow[] = []
  const first = routes[0]!
  for (let round = 0; round < rounds; round++) {
    without.push(windowOf(await light(WINDOW_SECONDS)))
    const examples = [...first.examples.slice(1), `an example of round ${round}`]
    await post(server, `/v1/routes/${first.name}`, { ...first, examples }, 'PUT')
    // The refit takes about as long; where it ends before, the rest of the window is quiet.
    during.push(windowOf(await light(WINDOW_SECONDS)))
    await untilFitted(server)
  }
  await server.stop()
  return { without, during }
}

const windowOf = ({ p99Ms, decisionP99Us, good }: LoadOutcome): RefitWindow => ({
  httpP99Ms: p99Ms,
  decisionP99Us,
  requests: good,
})

async function untilFitted(server: ServerProcess): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${server.port}/v1/route-sets/default`)
    const { provisional } = (await answer.json()) as { provisional: boolean }
    if (!provisional) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const MANY_CONNECTIONS = 1024

/** Three times what the server can do, in the two ways in which clients ask for too much. */
async function measureOverload(
  generator: Generator,
  server: ServerProcess,
  singles: Requests,
  batches: Requests,
  { seconds }: Effort,
): Promise<OverloadOutcome[]> {
  const outcomes: OverloadOutcome[] = []
  for (const [what, requests] of [
    ['single decisions', singles],
    ['batches of 64', batches],
  ] as const) {
    await generator.prepare(requests)
    const { port } = server
    const capacity = await generator.run({ port, connections: CONNECTIONS, seconds })
    const capacityPerSecond = capacity.good / capacity.seconds
    const outcomeOf = (
      connections: number,
      offered: number | null,
      outcome: LoadOutcome,
    ): OverloadOutcome => ({
      what,
      connections,
      capacityPerSecond,
      offeredPerSecond: offered,
      goodPerSecond: outcome.good / outcome.seconds,
      refusedPerSecond: (outcome.statuses[503] ?? 0) / outcome.seconds,
      p99Ms: outcome.p99Ms,
    })
    const more = 3 * CONNECTIONS
    outcomes.push(outcomeOf(more, null, await generator.run({ port, connections: more, seconds })))
    const perSecond = Math.round(3 * capacityPerSecond)
    const flood = await generator.run({ port, connections: MANY_CONNECTIONS, seconds, perSecond })
    outcomes.push(outcomeOf(MANY_CONNECTIONS, perSecond, flood))
  }
  return outcomes
}

async function measureStart(folder: string, { rounds }: Effort): Promise<LoadResult['start']> {
  const set = clincRoutes(150, 67)
  const routeFile = writeRoutes(folder, 'many.json', set)
  const dataDir = join(folder, 'start')
  // The first start fits the set.
  await (await ServerProcess.startOurs(routeFile, dataDir)).stop()
  const ms: number[] = []
  for (let round = 0; round < rounds; round++) {
    const server = await ServerProcess.startOurs(routeFile, dataDir)
    ms.push(server.startMs)
    await server.stop()
  }
  return { examples: set.routes.reduce((sum, { examples }) => sum + examples.length, 0), ms }
}
