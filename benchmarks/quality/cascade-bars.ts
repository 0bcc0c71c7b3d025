import { type Bar, confidenceBars, drawsBar } from './bars.ts'
import type { CascadeRound } from './cascade-result.ts'
import type { SetName } from './datasets.ts'

const accuracy = (set: SetName, shots: CascadeRound['shots'], atLeast: number): Bar =>
  drawsBar(
    set,
    shots,
    'accuracy',
    { atLeast },
    ({ cascade }) => cascade,
    (round) => round.accuracyAtFifth,
  )

/**
 * What the cascade has to reach: accuracy with the least sure fifth of the test queries asked about, the rest at the
 * confidence to ask below that cross-validation chose.
 */
export const CASCADE_BARS: readonly Bar[] = [
  accuracy('clinc150', 5, 0.85),
  accuracy('clinc150', 10, 0.897),
  accuracy('clinc150', 20, 0.93),
  accuracy('clinc150', 'full', 0.96),
  accuracy('hwu64', 5, 0.74),
  accuracy('hwu64', 10, 0.8),
  accuracy('hwu64', 20, 0.85),
  accuracy('hwu64', 'full', 0.91),
  ...confidenceBars(({ cascade }) => cascade),
  {
    title: 'Out of scope, CLINC150: recall at 3.3% refused on validation',
    atLeast: 0.86,
    measure: ({ cascade }) => cascade?.scope.find(({ way }) => way === 'labels')?.recall,
  },
  {
    title: 'Out of scope, CLINC150: refused on test at 3.3% refused on validation',
    atMost: 0.045,
    measure: ({ cascade }) => cascade?.scope.find(({ way }) => way === 'labels')?.refused,
  },
]
