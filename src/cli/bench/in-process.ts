import type { Encoder, FitProgress, RouteSet } from '../../contracts/index.ts'
import { Router } from '../../core/index.ts'
import { collectGarbage } from '../../server/small-heap.ts'
import { percentilesOf } from './timing.ts'

const WARM_UP_CALLS = 2000
const COPIES = 8
/** Clock readings and the list of times cost about as much as two calls in a hundred. */
const MOST_CALLS = 2_000_000

/** What one route set costs in this process, on one thread. */
export interface InProcessFigures {
  readonly routes: number
  readonly examples: number
  /** `demo`: the support desk that ships with the package. */
  readonly source: 'demo' | 'generated'
  readonly fitSeconds: number
  readonly snapshotMb: number
  readonly loadMs: number
  /** Heap and buffers that loading it once more adds, after a collection. */
  readonly memoryMb: number
  readonly calls: number
  readonly callsPerSecond: number
  readonly p50Us: number
  readonly p99Us: number
}

interface InProcessTask {
  readonly set: RouteSet
  readonly source: InProcessFigures['source']
  readonly queries: readonly string[]
}

/** Fits, saves and loads one set, then decides for `seconds`. */
export function measureInProcess(
  { set, source, queries }: InProcessTask,
  encoder: Encoder,
  seconds: number,
  onProgress: FitProgress,
): InProcessFigures {
  const fitStart = performance.now()
  const bytes = Router.compile(set, encoder, { onProgress }).save()
  const fitSeconds = (performance.now() - fitStart) / 1000
  const loadStart = performance.now()
  const router = Router.load(bytes, encoder)
  const loadMs = performance.now() - loadStart
  const memoryMb = memoryOfOneMore(bytes, encoder, queries[0]!) / 1e6

  for (let call = 0; call < WARM_UP_CALLS; call++) router.route(queries[call % queries.length]!)
  const times: number[] = []
  const start = performance.now()
  let now = start
  do {
    router.route(queries[times.length % queries.length]!)
    const end = performance.now()
    times.push((end - now) * 1000)
    now = end
  } while (now - start < seconds * 1000 && times.length < MOST_CALLS)
  const { count, p50, p99 } = percentilesOf(times)
  return {
    routes: set.routes.length,
    examples: set.routes.reduce((sum, { examples }) => sum + examples.length, 0),
    source,
    fitSeconds,
    snapshotMb: bytes.length / 1e6,
    loadMs,
    memoryMb,
    calls: count,
    callsPerSecond: (count * 1000) / (now - start),
    p50Us: p50,
    p99Us: p99,
  }
}

/** Of further copies, since the first brings along code that all share; of several, since V8 drops code meanwhile. */
function memoryOfOneMore(bytes: Uint8Array, encoder: Encoder, query: string): number {
  const before = usedBytes()
  const routers = Array.from({ length: COPIES }, () => Router.load(bytes.slice(), encoder))
  const added = usedBytes() - before
  // Used once more, so that they are still there when the bytes are counted.
  for (const router of routers) router.route(query)
  return Math.max(0, added) / COPIES
}

function usedBytes(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
