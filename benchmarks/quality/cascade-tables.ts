import { SETS } from './bars.ts'
import type { CascadeResult, CascadeRound } from './cascade-result.ts'
import { mean } from './measures.ts'
import { percent, table } from './report-tables.ts'

/** One line a set and number of examples, the smallest gain first. */
export function cascadeTable({ rounds, timing }: CascadeResult): string {
  const lines = SETS.flatMap(({ name, title }) =>
    [5, 10, 20, 'full'].map((shots) => ({
      title: `${title}, ${shots === 'full' ? 'all' : shots}`,
      of: rounds.filter((round) => round.set === name && round.shots === shots),
    })),
  ).map(({ title, of }) => {
    const figure = (get: (round: CascadeRound) => number) => mean(of.map(get))
    return { title, figure, gain: figure(({ accuracy, fastAccuracy }) => accuracy - fastAccuracy) }
  })
  const cells = lines
    .sort((a, b) => a.gain - b.gain)
    .map(({ title, figure, gain }) => [
      title,
      percent(figure(({ fastAccuracy }) => fastAccuracy)),
      percent(figure(({ accuracy }) => accuracy)),
      percent(gain),
      percent(figure(({ asked }) => asked)),
      `${percent(figure(({ askedFastAccuracy }) => askedFastAccuracy))} → ${percent(figure(({ askedAccuracy }) => askedAccuracy))}`,
      percent(figure(({ accuracyAtFifth }) => accuracyAtFifth)),
      percent(figure(({ accuracyAtAll }) => accuracyAtAll)),
      `${percent(figure(({ ece }) => ece))} (${percent(figure(({ eceByChance }) => eceByChance))})`,
      percent(figure(({ coverageAt975 }) => coverageAt975)),
      milliseconds(figure(({ asked }) => asked) * timing.askedMs.p50),
    ])
  return table(
    [
      'set, examples a route',
      'built-in alone',
      'cascade',
      'gain',
      'asked',
      'of those asked',
      'a fifth asked',
      'all asked',
      'ECE (by chance)',
      'coverage at 97.5%',
      'ms a query',
    ],
    cells,
  ).concat(
    `\n\nA query that is asked about takes ${milliseconds(timing.askedMs.p50)} ms (median; 99%: ${milliseconds(timing.askedMs.p99)} ms) on one thread, one that is not ${timing.sureUs.p50.toFixed(0)} µs, by ${timing.queries} queries.`,
  )
}

const milliseconds = (value: number) => value.toFixed(value < 10 ? 2 : 0)

export function cascadeScopeTable({ scope }: CascadeResult): string {
  return table(
    [
      'way',
      'AUROC',
      'threshold',
      'refused',
      'recall',
      'ECE of all decisions',
      'asked, in scope',
      'asked, out of scope',
    ],
    scope.map((round) => [
      round.title,
      percent(round.auroc),
      round.threshold.toFixed(3),
      percent(round.refused),
      percent(round.recall),
      percent(round.eceMixed),
      percent(round.askedInScope),
      percent(round.askedOutOfScope),
    ]),
  )
}
