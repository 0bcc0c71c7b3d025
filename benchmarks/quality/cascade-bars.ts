import type { Bar } from './bars.ts'
import type { CascadeRound } from './cascade-result.ts'
import type { SetName } from './datasets.ts'
import { mean } from './measures.ts'

type Figure = 'accuracyAtFifth' | 'ece' | 'coverageAt975'

const TITLES: Readonly<Record<Figure, string>> = {
  accuracyAtFifth: 'accuracy',
  ece: 'calibration error',
  coverageAt975: 'coverage at 97.5%',
}

function roundBar(
  set: SetName,
  shots: CascadeRound['shots'],
  figure: Figure,
  limit: Pick<Bar, 'atLeast' | 'atMost'>,
): Bar {
  const amount = shots === 'full' ? 'all examples' : `${shots} examples a route`
  return {
    title: `${set === 'clinc150' ? 'CLINC150' : 'HWU64'}, ${amount}: ${TITLES[figure]}`,
    ...limit,
    measure: ({ cascade }) => {
      const rounds = cascade?.rounds.filter((round) => round.set === set && round.shots === shots) ?? []
      return rounds.length === 0 ? undefined : mean(rounds.map((round) => round[figure]))
    },
  }
}

/**
 * What the cascade has to reach: accuracy with the least sure fifth of the test queries asked about, the rest at the
 * confidence to ask below that cross-validation chose.
 */
export const CASCADE_BARS: readonly Bar[] = [
  roundBar('clinc150', 5, 'accuracyAtFifth', { atLeast: 0.85 }),
  roundBar('clinc150', 10, 'accuracyAtFifth', { atLeast: 0.897 }),
  roundBar('clinc150', 20, 'accuracyAtFifth', { atLeast: 0.93 }),
  roundBar('clinc150', 'full', 'accuracyAtFifth', { atLeast: 0.96 }),
  roundBar('hwu64', 5, 'accuracyAtFifth', { atLeast: 0.74 }),
  roundBar('hwu64', 10, 'accuracyAtFifth', { atLeast: 0.8 }),
  roundBar('hwu64', 20, 'accuracyAtFifth', { atLeast: 0.85 }),
  roundBar('hwu64', 'full', 'accuracyAtFifth', { atLeast: 0.91 }),
  roundBar('clinc150', 10, 'ece', { atMost: 0.025 }),
  roundBar('clinc150', 'full', 'ece', { atMost: 0.015 }),
  roundBar('hwu64', 10, 'ece', { atMost: 0.045 }),
  roundBar('hwu64', 'full', 'ece', { atMost: 0.03 }),
  roundBar('clinc150', 10, 'coverageAt975', { atLeast: 0.68 }),
  roundBar('clinc150', 'full', 'coverageAt975', { atLeast: 0.91 }),
  roundBar('hwu64', 10, 'coverageAt975', { atLeast: 0.38 }),
  roundBar('hwu64', 'full', 'coverageAt975', { atLeast: 0.68 }),
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
