import { median } from '../load/bars.ts'
import type { FrontierPoint, GatewayResult, Round, Rounds, Side } from './tasks.ts'

/** One promise about the gateway, and what was measured. */
export interface GatewayBar {
  readonly what: string
  readonly measured: number
  readonly limit: number
  readonly goal?: number
  /** Whether more is better. */
  readonly isLeast: boolean
  readonly unit: 'x' | 'ms' | 'MB' | 'events' | 'streams'
}

export const isMet = ({ measured, limit, isLeast }: GatewayBar): boolean =>
  isLeast ? measured >= limit : measured <= limit

type Figure<Each> = (round: Each) => number | null

const figureOf = <Each>(of: Figure<Each>, round: Each | undefined) =>
  round === undefined ? Number.NaN : (of(round) ?? Number.NaN)

/** What a side adds to the mock alone, round by round. */
export const addedBy = <Each>(side: Side, rounds: Rounds<Each>, of: Figure<Each>): number[] =>
  (rounds[side] ?? []).map((round, index) => figureOf(of, round) - figureOf(of, rounds.direct?.[index]))

/** Ours by another side, round by round. */
export const ratiosTo = <Each>(side: Side, rounds: Rounds<Each>, of: Figure<Each>): number[] =>
  (rounds.ours ?? []).map((round, index) => figureOf(of, round) / figureOf(of, rounds[side]?.[index]))

export const perSecond = (round: Round) => round.perSecond
export const perCpuSecond = ({ cpuUs }: Round) => (cpuUs === null ? null : 1e6 / cpuUs)
export const p50Ms = (round: Round) => round.p50Ms
export const p99Ms = (round: Round) => round.p99Ms

/**
 * Of requests a second and of processor time, the worse: mock and generator share a core, and where they hold up the quicker
 * side more, as they do, the ratio of requests a second flatters the slower one.
 */
export function lesserRatio(side: Side, rounds: Rounds): number {
  const ratios = [perSecond, perCpuSecond].map((of) => median(ratiosTo(side, rounds, of)))
  return Math.min(...ratios.filter((ratio) => !Number.isNaN(ratio)))
}

/** The most requests a second of all points whose 99th percentile is within the bound; 0 where none is. */
export const mostWithin = (points: readonly FrontierPoint[], boundMs: number): number =>
  Math.max(0, ...points.filter((point) => point.p99Ms <= boundMs).map((point) => point.perSecond))

/** Of the crowd's waves, those in which memory may still grow to what such a crowd needs. */
const FIRST_WAVES = 3
const MOST_GROWTH_MB = 5

/** How much more memory the last waves left behind than those in the middle; of few waves, than the first. */
export function crowdGrowthMb(crowd: GatewayResult['crowd']): number {
  const settled = crowd.slice(Math.min(FIRST_WAVES, crowd.length - 1)).map(({ rssMb }) => rssMb)
  const half = Math.ceil(settled.length / 2)
  return median(settled.slice(-half)) - median(settled.slice(0, half))
}

export function barsOf(result: GatewayResult): GatewayBar[] {
  const { latency, openLoop, alone, throughput, crowd, memory } = result
  const most = { isLeast: false } as const
  const least = { isLeast: true, unit: 'x' } as const
  const added = (what: string, rounds: Rounds, of: Figure<Round>, limit: number): GatewayBar => ({
    ...most,
    unit: 'ms',
    what,
    measured: median(addedBy('ours', rounds, of)),
    limit,
  })
  return [
    added('added to a model of 20 ms, 16 connections, p50', latency, p50Ms, 0.6),
    added('added to a model of 20 ms, 16 connections, p99', latency, p99Ms, 2),
    added('added to a model of 20 ms, 2,500 requests a second, p99', openLoop, p99Ms, 5),
    added('added to a model that answers at once, one connection, p50', alone, p50Ms, 0.4),
    {
      ...least,
      what: 'requests a second by those of Portkey',
      measured: lesserRatio('portkey', throughput),
      limit: 4,
    },
    {
      ...least,
      what: 'requests a second by those of a bare proxy',
      measured: lesserRatio('bare', throughput),
      limit: 0.55,
    },
    {
      ...most,
      unit: 'events',
      what: 'events of 1,000 streams at once that were lost',
      measured: crowd.reduce((sum, wave) => sum + wave.expectedEvents - wave.events, 0),
      limit: 0,
    },
    {
      ...most,
      unit: 'streams',
      what: 'of those streams refused',
      measured: crowd.reduce((sum, wave) => sum + wave.refusedStreams, 0),
      limit: 0,
    },
    {
      ...most,
      unit: 'streams',
      what: 'of those streams not in order, or without their end',
      measured: crowd.reduce((sum, wave) => sum + wave.brokenStreams, 0),
      limit: 0,
    },
    {
      ...most,
      unit: 'MB',
      what: 'growth of memory over waves of such streams',
      measured: crowdGrowthMb(crowd),
      limit: MOST_GROWTH_MB,
    },
    {
      ...most,
      unit: 'MB',
      what: 'resident memory after all of this',
      measured: memory.ours?.afterMb ?? Number.NaN,
      limit: 120,
      goal: 90,
    },
  ]
}
