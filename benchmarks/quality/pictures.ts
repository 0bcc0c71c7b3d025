import type { AccuracyResult } from './accuracy.ts'
import { roundsOf, SETS } from './bars.ts'
import { type Chart, drawChart } from './charts.ts'
import { mean } from './measures.ts'
import type { ScopeResult } from './scope.ts'

const percent = (value: number): string => `${Math.round(100 * value)}%`
const steps = (from: number, to: number, step: number): number[] =>
  Array.from(
    { length: Math.round((to - from) / step) + 1 },
    (_, i) => Math.round((from + i * step) * 1000) / 1000,
  )
const axis = (from: number, to: number, step: number): Chart['x'] => ({
  from,
  to,
  ticks: steps(from, to, step),
  print: percent,
})

/** Confidence against accuracy with the routes' real names: 10 examples a route, and all of them. */
export function drawReliability(result: AccuracyResult): string {
  return drawChart({
    title: 'Is a confidence of 80% right 80% of the time?',
    xTitle: 'confidence (mean of a bin of equal size)',
    yTitle: 'share that was right',
    x: axis(0, 1, 0.2),
    y: axis(0, 1, 0.2),
    hasDiagonal: true,
    legendAt: 'bottom right',
    lines: SETS.flatMap(({ name, title }) =>
      (['full', 10] as const).map((shots) => {
        const rounds = roundsOf(result, name, shots)
        const bins = rounds[0]!.reliability.length
        const of = (bin: number, figure: 'confidence' | 'accuracy') =>
          mean(rounds.flatMap(({ reliability }) => reliability[bin]?.[figure] ?? []))
        return {
          title: `${title}, ${shots === 'full' ? 'all' : shots} examples`,
          hasDots: true,
          points: Array.from(
            { length: bins },
            (_, bin) => [of(bin, 'confidence'), of(bin, 'accuracy')] as const,
          ),
        }
      }),
    ),
  })
}

/** Wrong answers against the share answered, by falling confidence. */
export function drawRiskCoverage(result: AccuracyResult): string {
  return drawChart({
    title: 'What answering only the surest queries is worth',
    xTitle: 'share of queries answered, the surest first',
    yTitle: 'share of the answers that are wrong',
    x: axis(0, 1, 0.2),
    y: axis(0, 0.25, 0.05),
    legendAt: 'top left',
    lines: SETS.flatMap(({ name, title }) =>
      (['full', 10] as const).map((shots) => {
        const rounds = roundsOf(result, name, shots)
        return {
          title: `${title}, ${shots === 'full' ? 'all' : shots} examples`,
          points: Array.from(
            { length: 100 },
            (_, percentile) =>
              [
                (percentile + 1) / 100,
                mean(rounds.map(({ riskAtCoverage }) => riskAtCoverage[percentile]!)),
              ] as const,
          ).filter(([coverage]) => coverage >= 0.05),
        }
      }),
    ),
  })
}

/** Out-of-scope queries caught against in-scope queries refused. */
export function drawScope({ rounds }: ScopeResult): string {
  const titles = {
    labels: 'calibrated on labels',
    val: 'no labels',
    cv: '',
    outOfScope: '100 texts as outOfScope',
  }
  return drawChart({
    title: 'Out of scope: what refusing more catches (CLINC150)',
    xTitle: 'in-scope queries refused',
    yTitle: 'out-of-scope queries caught',
    x: axis(0, 0.2, 0.05),
    y: axis(0.4, 1, 0.1),
    legendAt: 'bottom right',
    lines: rounds
      .filter(({ way }) => way !== 'cv')
      .map(({ way, curve }) => ({
        title: titles[way],
        hasDots: true,
        points: curve.map(({ refused, recall }) => [refused, recall] as const),
      })),
  })
}
