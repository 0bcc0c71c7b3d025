// One measurement in a process of its own, so that neither memory nor compiled code of another one counts:
// node benchmarks/speed/measure.ts '<task as JSON>'. Prints the outcome as JSON; run.ts starts it.
import { readFileSync, writeFileSync } from 'node:fs'
import { loadBuiltinEncoder, Router } from '../../src/index.ts'
import { compareHeads } from './compare-heads.ts'
import { hostileTexts, longText } from './long-texts.ts'
import { clincRoutes, type MeasuredSet, syntheticRoutes } from './route-sets.ts'
import type { FitOutcome, Latency, ServeOutcome, SetShape, Task, TextOutcome } from './tasks.ts'

const QUERIES = 2000
const LOADS = 5
const LEAST_CALLS = 4000
const TEXT_MS = 400

const megabytes = (bytes: number) => Math.round(bytes / 1e5) / 10
const rss = () => megabytes(process.memoryUsage.rss())

function makeSet({ source, routes, examples }: SetShape): MeasuredSet {
  return source === 'clinc150'
    ? clincRoutes(routes, examples)
    : syntheticRoutes(routes, examples, Math.min(routes, QUERIES))
}

async function measureFit(shape: SetShape, file: string): Promise<FitOutcome> {
  const encoder = await loadBuiltinEncoder()
  const { routes } = makeSet(shape)
  const rssBefore = rss()
  let lastReport = performance.now()
  let longestSilenceMs = 0
  const hear = () => {
    longestSilenceMs = Math.max(longestSilenceMs, performance.now() - lastReport)
    lastReport = performance.now()
  }
  const cpu = process.cpuUsage()
  const start = performance.now()
  const router = Router.compile({ routes }, encoder, { onProgress: hear })
  hear()
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const bytes = router.save()
  writeFileSync(file, bytes)
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    longestSilenceMs,
    rssBeforeMb: rssBefore,
    peakRssMb: megabytes(process.resourceUsage().maxRSS * 1024),
    snapshotBytes: bytes.length,
    accuracyCv: router.report.accuracyCv,
  }
}

/** Milliseconds that this thread has computed, waiting for a core left out. Too coarse for a single call. */
const threadMs = () => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Every query once a round, timed one by one; the round with the lowest mean is the one least disturbed. */
function latencyOf(router: Router, queries: readonly string[], rounds: number): Latency {
  // A small set has few queries; a round of them would be too short for the clock of the thread.
  const texts = Array.from(
    { length: Math.max(queries.length, LEAST_CALLS) },
    (_, i) => queries[i % queries.length]!,
  )
  const results = Array.from({ length: rounds }, () => {
    const threadStart = threadMs()
    const times = Float64Array.from(texts, (text) => {
      const start = performance.now()
      router.route(text)
      return (performance.now() - start) * 1000
    })
    const threadEnd = threadMs()
    times.sort()
    const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))]!
    return {
      threadMeanUs: ((threadEnd - threadStart) * 1000) / texts.length,
      meanUs: times.reduce((sum, time) => sum + time, 0) / times.length,
      p50Us: at(0.5),
      p99Us: at(0.99),
      maxUs: times.at(-1)!,
    }
  })
  const best = results.reduce((least, round) => (round.meanUs < least.meanUs ? round : least))
  return {
    ...best,
    queries: texts.length,
    rounds: results.map(({ meanUs }) => Math.round(meanUs * 100) / 100),
  }
}

async function measureServe(shape: SetShape, file: string, rounds: number): Promise<ServeOutcome> {
  const encoder = await loadBuiltinEncoder()
  const bytes = new Uint8Array(readFileSync(file))
  const rssBeforeMb = rss()
  const timeLoad = () => {
    const start = performance.now()
    const router = Router.load(bytes, encoder)
    return { router, ms: performance.now() - start }
  }
  const { router, ms: firstLoadMs } = timeLoad()
  const rssAfterMb = rss()
  const loads = Array.from({ length: LOADS }, () => timeLoad().ms)
  const { queries } = makeSet(shape)
  const right = queries.filter(({ text, route }) => router.route(text).candidates[0]?.route === route)
  return {
    firstLoadMs,
    loadMs: Math.min(...loads),
    rssBeforeMb,
    rssAfterMb,
    accuracy: right.length / queries.length,
    latency: latencyOf(
      router,
      queries.map(({ text }) => text),
      rounds,
    ),
  }
}

/** Mean of calls for a fraction of a second, the best of three such. */
function leastMs(router: Router, text: string): number {
  const means = Array.from({ length: 3 }, () => {
    const start = threadMs()
    let calls = 0
    do {
      router.route(text)
      calls++
    } while (threadMs() - start < TEXT_MS)
    return (threadMs() - start) / calls
  })
  return Math.min(...means)
}

async function measureTexts(shape: SetShape, file: string): Promise<TextOutcome> {
  const router = Router.load(new Uint8Array(readFileSync(file)), await loadBuiltinEncoder())
  const words = makeSet(shape).queries.map(({ text }) => text)
  const timeOf = (name: string, text: string) => ({
    name,
    units: text.length,
    bytes: Buffer.byteLength(text),
    ms: leastMs(router, text),
  })
  return {
    lengths: Array.from({ length: 8 }, (_, doubling) => {
      const units = 256 * 2 ** doubling
      return timeOf(`${units}`, longText(words, units))
    }),
    hostile: Object.entries(hostileTexts(words)).map(([name, text]) => timeOf(name, text)),
  }
}

function measure(task: Task): Promise<object> {
  if (task.kind === 'fit') return measureFit(task.shape, task.file)
  if (task.kind === 'serve') return measureServe(task.shape, task.file, task.rounds)
  if (task.kind === 'texts') return measureTexts(task.shape, task.file)
  const { source, routes, examples } = task.shape
  // Validation texts, since what is compared here is also what was chosen by it.
  return compareHeads(source === 'clinc150' ? clincRoutes(routes, examples, 'val') : makeSet(task.shape))
}

console.log(JSON.stringify(await measure(JSON.parse(process.argv[2]!) as Task)))
