import type { Comparison, LoadResult, RefitWindow, Round } from './tasks.ts'

/** One promise about load, and what was measured. */
export interface LoadBar {
  readonly what: string
  readonly measured: number
  readonly limit: number
  readonly goal?: number
  /** Whether more is better. */
  readonly isLeast: boolean
  readonly unit: 'x' | 's'
}

export const isMet = ({ measured, limit, isLeast }: LoadBar): boolean =>
  isLeast ? measured >= limit : measured <= limit

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Ours by base, round by round. */
export function ratiosOf({ base, ours }: Comparison, of: (round: Round) => number | null): number[] {
  return ours.map((round, index) => (of(round) ?? Number.NaN) / (of(base[index]!) ?? Number.NaN))
}

export const perSecond = (round: Round) => round.perSecond
export const perCpuSecond = (round: Round) => round.perCpuSecond

const medianOf = (windows: readonly RefitWindow[]) => median(windows.map((window) => window.decisionP99Us))

/**
 * Of throughput and of processor time, the worse: where other work holds up the quicker side more, as it does, the
 * ratio of throughputs flatters the slower one.
 */
function lesserRatio(comparison: Comparison): number {
  const ratios = [perSecond, perCpuSecond].map((of) => median(ratiosOf(comparison, of)))
  return Math.min(...ratios.filter((ratio) => !Number.isNaN(ratio)))
}

export function barsOf({ single, batch, workers, refit, overload, start }: LoadResult): LoadBar[] {
  return [
    {
      what: 'requests a second by those of Node alone',
      measured: lesserRatio(single),
      limit: 0.4,
      goal: 0.5,
      isLeast: true,
      unit: 'x',
    },
    {
      what: 'decisions a second in batches of 64 by single ones, 64 connections each',
      measured: lesserRatio(batch),
      limit: 2,
      isLeast: true,
      unit: 'x',
    },
    {
      what: 'requests per processor second of two workers by those of one',
      measured: median(ratiosOf(workers, perCpuSecond)),
      limit: 0.85,
      isLeast: true,
      unit: 'x',
    },
    {
      what: '99th percentile of `route()` in the server during a refit by that without',
      measured: medianOf(refit.during) / medianOf(refit.without),
      limit: 2,
      isLeast: false,
      unit: 'x',
    },
    {
      what: 'answers a second under three times the load by the most without',
      measured: Math.min(...overload.map((outcome) => outcome.goodPerSecond / outcome.capacityPerSecond)),
      limit: 0.8,
      isLeast: true,
      unit: 'x',
    },
    {
      what: 'start with 10,000 examples from the cached snapshot',
      measured: median(start.ms) / 1000,
      limit: 1.5,
      isLeast: false,
      unit: 's',
    },
  ]
}
