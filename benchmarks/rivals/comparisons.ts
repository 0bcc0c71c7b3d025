import { mean } from '../quality/measures.ts'
import type { Way } from './jobs.ts'
import type { QualityRun, RivalsResult, ServeRun } from './result.ts'
import type { Side } from './tasks.ts'

/** One figure of both sides. */
export interface Comparison {
  readonly what: string
  readonly ours: number
  readonly theirs: number
  readonly better: 'higher' | 'lower'
  readonly unit: '%' | 'ms' | 's' | 'MB'
}

/** Mean of runs that differ only by seed. */
export function meanOf(runs: readonly QualityRun[], field: keyof QualityRun): number | null {
  const values = runs.map((run) => run[field])
  return values.length > 0 && values.every((value) => typeof value === 'number')
    ? mean(values as number[])
    : null
}

export function runsOf(
  { quality }: RivalsResult,
  side: Side,
  set: string,
  shots: QualityRun['shots'],
  way: Way,
): readonly QualityRun[] {
  return quality.filter(
    (run) => run.side === side && run.set === set && run.shots === shots && run.way === way,
  )
}

/** The accuracy cells that were measured, in the order of the page. */
export function accuracyCells({ quality }: RivalsResult): { set: string; shots: QualityRun['shots'] }[] {
  const keys = quality
    .filter(({ way, side }) => way === 'defaults' && side === 'stratarouter')
    .map(({ set, shots }) => `${set} ${shots}`)
  return [...new Set(keys)].map((key) => {
    const [set, shots] = key.split(' ') as [string, string]
    return { set, shots: shots === 'full' ? ('full' as const) : Number(shots) }
  })
}

export const titleOf = (set: string): string => (set === 'clinc150' ? 'CLINC150' : 'HWU64')

export const shotsText = (shots: QualityRun['shots']): string =>
  shots === 'full' ? 'all examples' : `${shots} examples a route`

export const serveOf = (result: RivalsResult, side: Side, shots: number, from: ServeRun['from'] = 'routes') =>
  result.serve.find((run) => run.side === side && run.shots === shots && run.from === from)

/** Every figure that both sides have; theirs is the better of its defaults and its best options. */
export function comparisonsOf(result: RivalsResult): Comparison[] {
  const list: Comparison[] = []
  const add = (
    what: string,
    ours: number | null,
    theirs: number | null,
    better: Comparison['better'],
    unit: Comparison['unit'],
  ) => {
    if (ours !== null && theirs !== null) list.push({ what, ours, theirs, better, unit })
  }
  const best = (values: readonly (number | null)[], better: Comparison['better']): number | null => {
    const known = values.filter((value) => value !== null)
    if (known.length === 0) return null
    return better === 'higher' ? Math.max(...known) : Math.min(...known)
  }
  for (const { set, shots } of accuracyCells(result)) {
    const figure = (side: Side, way: Way, field: keyof QualityRun) =>
      meanOf(runsOf(result, side, set, shots, way), field)
    const both = (what: string, field: keyof QualityRun, better: Comparison['better']) => {
      const theirs = (['defaults', 'options'] as const).map((way) => figure('semantic-router', way, field))
      const name = `${titleOf(set)}, ${shotsText(shots)}: ${what}`
      add(
        name,
        percent(figure('stratarouter', 'defaults', field)),
        percent(best(theirs, better)),
        better,
        '%',
      )
    }
    both('best route right', 'inScopeAccuracy', 'higher')
    if (set !== 'clinc150') continue
    both('decision right, queries that belong nowhere included', 'thresholdedAccuracy', 'higher')
    both('queries that belong nowhere answered no match', 'oosRecall', 'higher')
    both('queries that belong somewhere answered no match', 'inScopeRejected', 'lower')
  }
  for (const shots of [10, 'full'] as const) {
    const figure = (side: Side, way: Way, field: keyof QualityRun) =>
      meanOf(runsOf(result, side, 'clinc150', shots, way), field)
    const both = (what: string, field: keyof QualityRun, better: Comparison['better']) => {
      const theirs = (['labelled', 'labelled-options'] as const).map((way) =>
        figure('semantic-router', way, field),
      )
      const name = `CLINC150, ${shotsText(shots)}, fitted with labels: ${what}`
      const ours = figure('stratarouter', 'labelled', field)
      add(name, percent(ours), percent(best(theirs, better)), better, '%')
    }
    both('decision right, queries that belong nowhere included', 'thresholdedAccuracy', 'higher')
    both('queries that belong nowhere answered no match', 'oosRecall', 'higher')
    both('queries that belong somewhere answered no match', 'inScopeRejected', 'lower')
    both('telling both apart (AUROC)', 'oosAuroc', 'higher')
    both('calibration error', 'ece', 'lower')
  }
  for (const { shots, side } of result.serve) {
    if (side !== 'semantic-router') continue
    const theirs = serveOf(result, side, shots)!
    const ours = serveOf(result, 'stratarouter', shots)!
    const name = (what: string) => `150 routes x ${shots}: ${what}`
    add(name('decision, p50'), ours.latency.p50Us / 1000, theirs.latency.p50Us / 1000, 'lower', 'ms')
    add(name('decision, p99'), ours.latency.p99Us / 1000, theirs.latency.p99Us / 1000, 'lower', 'ms')
    add(name('processor time of a decision'), ours.cpuUs / 1000, theirs.cpuUs / 1000, 'lower', 'ms')
    add(
      name('first decision of a process that starts from routes'),
      ours.firstDecisionSeconds,
      theirs.firstDecisionSeconds,
      'lower',
      's',
    )
    add(name('resident memory once ready'), ours.residentReadyMb, theirs.residentReadyMb, 'lower', 'MB')
    add(
      name('resident memory after some thousand decisions'),
      ours.residentAfterMb,
      theirs.residentAfterMb,
      'lower',
      'MB',
    )
  }
  const [ours, theirs] = (['stratarouter', 'semantic-router'] as const).map((side) =>
    result.size.find((size) => size.side === side),
  )
  add('installed', ours?.megabytes ?? null, theirs?.megabytes ?? null, 'lower', 'MB')
  return list
}

const percent = (share: number | null): number | null => (share === null ? null : 100 * share)

export const isLost = ({ ours, theirs, better }: Comparison): boolean =>
  better === 'higher' ? theirs > ours : theirs < ours
