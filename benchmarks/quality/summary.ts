import type { AccuracyResult } from './accuracy.ts'
import type { GuaranteeResult } from './guarantee.ts'
import { mean } from './measures.ts'
import type { RobustnessResult } from './robustness.ts'
import type { ScopeResult } from './scope.ts'
import type { SmallSetsResult } from './small-sets.ts'
import type { SubjectName } from './subject.ts'

const percent = (value: number, digits = 2): string => (100 * value).toFixed(digits)

/** A result in a few lines for the terminal. */
export function summarise(subject: SubjectName, result: object): string {
  switch (subject) {
    case 'accuracy':
    case 'names-hidden':
      return [
        `${subject}: accuracy, ECE, coverage at 97.5%, p50 us, fit s`,
        ...accuracyLines(result as AccuracyResult),
      ].join('\n')
    case 'scope':
      return ['scope:', ...scopeLines(result as ScopeResult)].join('\n')
    case 'guarantee':
      return `guarantee: ${guaranteeLine(result as GuaranteeResult)}`
    case 'robustness':
      return ['robustness:', ...robustnessLines(result as RobustnessResult)].join('\n')
    case 'small-sets':
      return ['small sets:', ...smallSetLines(result as SmallSetsResult)].join('\n')
  }
}

function accuracyLines({ rounds }: AccuracyResult): string[] {
  return [...Map.groupBy(rounds, ({ set, shots }) => `${set} ${shots}`)].map(([name, runs]) => {
    const of = (value: (run: (typeof runs)[number]) => number) => mean(runs.map(value))
    const each = runs.length > 1 ? ` (${runs.map((run) => percent(run.inScopeAccuracy)).join(' ')})` : ''
    return `  ${name.padEnd(22)} ${percent(of((run) => run.inScopeAccuracy))}${each}  ece ${percent(of((run) => run.ece))}  coverage ${percent(
      of((run) => run.coverageAt975),
      1,
    )}  p50 ${of((run) => run.latencyUs.p50).toFixed(1)}  fit ${of((run) => run.fitSeconds).toFixed(2)}`
  })
}

function scopeLines({ rounds }: ScopeResult): string[] {
  return rounds.map(
    ({ title, auroc, eceMixed, chosen, curve }) =>
      `  ${title}: auroc ${percent(auroc)}, refused ${percent(chosen.refused)}, recall ${percent(chosen.recall, 1)}, at 8% ${percent(curve.find(({ refused }) => refused > 0.0795)?.recall ?? 0, 1)}, eceMixed ${percent(eceMixed)}`,
  )
}

const guaranteeLine = (result: GuaranteeResult): string =>
  `violated ${percent(result.violatedShare, 1)}% (${result.violatedInterval.map((end) => percent(end, 1)).join(' to ')}), in the population ${percent(result.populationViolatedShare, 1)}%, refused ${result.refused}, coverage ${percent(result.meanCoverage, 1)} of at best ${percent(result.meanBestCoverage, 1)} = ${percent(result.coverageAgainstBest, 1)}%`

const smallSetLines = ({ cells }: SmallSetsResult): string[] =>
  cells.map(
    (cell) =>
      `  ${`${cell.routes} x ${cell.examples}`.padEnd(8)} right ${percent(cell.thresholdedAccuracy, 1)}, accuracy ${percent(cell.inScopeAccuracy, 1)}, refused ${percent(cell.inScopeRejected, 1)}, recall ${percent(cell.oosRecall, 1)}, ece ${percent(cell.ece)}, of all ${percent(cell.eceMixed)}`,
  )

function robustnessLines({ rounds }: RobustnessResult): string[] {
  const of = (value: (round: (typeof rounds)[number]) => number) => percent(mean(rounds.map(value)), 1)
  return [
    ...Object.keys(rounds[0]!.accuracy).map((name) => `  ${of(({ accuracy }) => accuracy[name]!)}  ${name}`),
    ...rounds[0]!.twoIntents.map(
      ({ way }, place) =>
        `  ${of(({ twoIntents }) => twoIntents[place]!.both)}  both intents of "${way}" (several: ${of(({ twoIntents }) => twoIntents[place]!.several)})`,
    ),
    `  ${of(({ bothAlone }) => bothAlone)}  both answered rightly one by one; ${of(({ severalOfOne }) => severalOfOne)} of single requests report several`,
    `  ${of(({ foreign }) => foreign.accepted)}  of other languages accepted, ${of(({ foreign }) => foreign.acceptedWrongly)} wrongly`,
  ]
}
