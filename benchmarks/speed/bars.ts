import type { MeasuredShape, SetShape, SpeedResult } from './tasks.ts'

/** One promise about speed, and what was measured. `measured` is undefined where the run left it out. */
export interface Bar {
  readonly what: string
  readonly unit: string
  readonly limit: number
  readonly goal?: number
  readonly measured: number | undefined
}

export const isMet = ({ measured, limit }: Bar): boolean => measured !== undefined && measured <= limit

export const find = (
  { sets }: SpeedResult,
  source: SetShape['source'],
  routes: number,
  examples: number,
): MeasuredShape | undefined =>
  sets.find((set) => set.source === source && set.routes === routes && set.examples === examples)

/** Sets of ten examples that double in routes; the last is the largest that is promised. */
export const DOUBLING = [156, 312, 625, 1250, 2500, 5000, 10_000]

/** The slope of log(y) over log(x) by least squares: 1 = linear, 2 = quadratic. */
export function exponentOf(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const)
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  return covariance / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
}

const growthOf = (points: readonly (readonly [number, number])[]): number | undefined =>
  points.length < 3 ? undefined : exponentOf(points)

export const routePoints = (result: SpeedResult) =>
  DOUBLING.flatMap((routes) => {
    const set = find(result, 'synthetic', routes, 10)
    return set ? [[routes, set.serve.latency.p50Us] as const] : []
  })

export const lengthPoints = ({ texts }: SpeedResult) =>
  texts.lengths.map(({ units, ms }) => [units, ms * 1000] as const)

export function barsOf(result: SpeedResult): Bar[] {
  const at = (routes: number, examples: number) => find(result, 'clinc150', routes, examples)
  const largest = find(result, 'synthetic', 10_000, 10)
  const middle = at(150, 20)?.serve.latency
  const fitBar = (what: string, limit: number, set: MeasuredShape | undefined): Bar => ({
    what: `fit with calibration, ${what}`,
    unit: 's',
    limit,
    measured: set?.fit.seconds,
  })
  const silences = result.sets.map((set) => set.fit.longestSilenceMs)
  const worst = [...result.texts.lengths, ...result.texts.hostile].map(({ ms }) => ms)
  const at4000 = result.server.afterRequests.find(({ requests }) => requests === 4000)
  return [
    {
      what: '`route()`, 150 routes x 20 examples, mean',
      unit: 'us',
      limit: 15,
      goal: 10,
      measured: middle?.threadMeanUs,
    },
    { what: '`route()`, 150 routes x 20 examples, p99', unit: 'us', limit: 60, measured: middle?.p99Us },
    {
      what: '`route()`, 10,000 routes x 10 examples, p50',
      unit: 'us',
      limit: 400,
      measured: largest?.serve.latency.p50Us,
    },
    fitBar('10 routes x 10 examples', 0.2, at(10, 10)),
    fitBar('150 x 10', 6, at(150, 10)),
    fitBar('150 x 100', 60, at(150, 100)),
    fitBar('10,000 x 10', 120, largest),
    { what: 'fit of 10,000 x 10, most memory', unit: 'MB', limit: 1000, measured: largest?.fit.peakRssMb },
    {
      what: 'any fit, longest time without progress',
      unit: 's',
      limit: 1.5,
      measured: silences.length > 0 ? Math.max(...silences) / 1000 : undefined,
    },
    {
      what: 'load of the snapshot of 150 x 100, first in its process',
      unit: 'ms',
      limit: 200,
      measured: at(150, 100)?.serve.firstLoadMs,
    },
    {
      what: 'memory of the server with 150 x 100, after the start and 4,000 requests',
      unit: 'MB',
      limit: 120,
      measured: Math.max(result.server.idleMb, result.server.afterFitMb, at4000?.mb ?? 0),
    },
    {
      what: 'text of 32 KiB, the slowest of the kinds below',
      unit: 'ms',
      limit: 5,
      measured: worst.length > 0 ? Math.max(...worst) : undefined,
    },
    {
      what: 'growth in routes up to 10,000, exponent',
      unit: '',
      limit: 1,
      measured: growthOf(routePoints(result)),
    },
    {
      what: 'growth in text length up to 32 KiB, exponent',
      unit: '',
      limit: 1,
      measured: growthOf(lengthPoints(result)),
    },
  ]
}
