import type { AccuracyResult, AccuracyRound, Shots } from './accuracy.ts'
import { type MeasuredBar, roundsOf, SETS } from './bars.ts'
import type { GuaranteeResult } from './guarantee.ts'
import { mean } from './measures.ts'
import type { Conditions } from './result-file.ts'
import type { RobustnessResult } from './robustness.ts'
import type { ScopeResult } from './scope.ts'
import type { SmallSetFigures, SmallSetsResult } from './small-sets.ts'

export const percent = (value: number, digits = 1): string => (100 * value).toFixed(digits)
const interval = (ends: readonly number[], digits = 1): string =>
  ends.map((end) => percent(end, digits)).join(' to ')

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const align = head.map((_, column) => (column === 0 ? '---' : '---:'))
  return [line(head), line(align), ...rows.map(line)].join('\n')
}

/** When and on what each subject was measured. */
export function conditionsTable(all: readonly { subject: string; conditions: Conditions }[]): string {
  const rows = all.map(({ subject, conditions }) => [
    subject,
    `\`${conditions.commit.slice(0, 10)}\`${conditions.hasLocalChanges ? ' with changes not committed' : ''}`,
    conditions.date,
    conditions.node,
    `${conditions.machine.processor}, ${conditions.machine.cores} cores, ${conditions.machine.memoryGb} GB`,
    `${conditions.seconds} s`,
  ])
  return table(['subject', 'commit', 'date', 'Node', 'machine', 'took'], rows)
}

/** Every bar with what was measured; missed ones first. */
export function barsTable(bars: readonly MeasuredBar[]): string {
  const missed = bars.filter(({ isMet }) => !isMet).length
  const headline =
    missed === 0
      ? `All ${bars.length} bars are met.`
      : `**Missed: ${missed} of ${bars.length} bars**, shown first.`
  const rows = bars.map((bar) => [
    bar.title,
    bar.isMet ? 'met' : '**missed**',
    `${percent(bar.value, isCloseCall(bar) ? 3 : 2)}${bar.interval ? ` (${interval(bar.interval)})` : ''}`,
    bar.atLeast !== undefined ? `≥ ${percent(bar.atLeast)}` : `≤ ${percent(bar.atMost!)}`,
    bar.goal === undefined ? '' : bar.value >= bar.goal ? `${percent(bar.goal)} reached` : percent(bar.goal),
  ])
  return `${headline}\n\n${table(['bar (all figures in %)', '', 'measured', 'bar', 'goal'], rows)}`
}

/** Rounded to two digits, a missed bar would look met. */
const isCloseCall = ({ value, margin, isMet }: MeasuredBar): boolean =>
  !isMet && percent(value, 2) === percent(value + Math.abs(margin), 2)

const SHOTS: readonly Shots[] = ['descriptions', 1, 3, 5, 10, 20, 'full']
const shotsTitle = (shots: Shots): string =>
  shots === 'descriptions' ? 'description only' : shots === 'full' ? 'all' : String(shots)

const meanOf = (rounds: readonly AccuracyRound[], figure: (round: AccuracyRound) => number): number =>
  mean(rounds.map(figure))

export function accuracyTable(shown: AccuracyResult, hidden: AccuracyResult | undefined): string {
  const rows = SETS.flatMap(({ name, title }) =>
    SHOTS.map((shots) => {
      const rounds = roundsOf(shown, name, shots)
      const without = hidden ? roundsOf(hidden, name, shots) : []
      return [
        title,
        shotsTitle(shots),
        percent(meanOf(rounds, (round) => round.inScopeAccuracy)),
        rounds.length > 1 ? rounds.map((round) => percent(round.inScopeAccuracy)).join(' / ') : '',
        without.length > 0 ? percent(meanOf(without, (round) => round.inScopeAccuracy)) : '',
        percent(meanOf(rounds, (round) => round.thresholdedAccuracy)),
        meanOf(rounds, (round) => round.fitSeconds).toFixed(2),
        meanOf(rounds, (round) => round.latencyUs.p50).toFixed(0),
      ]
    }),
  )
  return table(
    [
      'set',
      'examples a route',
      'accuracy',
      'seeds 0 / 1 / 2',
      'names hidden',
      'at threshold 0.5',
      'fit, s',
      'p50, µs',
    ],
    rows,
  )
}

export function calibrationTable(shown: AccuracyResult, hidden: AccuracyResult | undefined): string {
  const rows = SETS.flatMap(({ name, title }) =>
    SHOTS.map((shots) => {
      const rounds = roundsOf(shown, name, shots)
      const without = hidden ? roundsOf(hidden, name, shots) : []
      const ends = shown.intervals.find((found) => found.set === name && found.shots === shots)
      return [
        title,
        shotsTitle(shots),
        `${percent(meanOf(rounds, (round) => round.ece))}${ends ? ` (${interval(ends.ece)})` : ''}`,
        percent(meanOf(rounds, (round) => round.eceByChance)),
        without.length > 0 ? percent(meanOf(without, (round) => round.ece)) : '',
        `${percent(meanOf(rounds, (round) => round.coverageAt975))}${ends ? ` (${interval(ends.coverageAt975)})` : ''}`,
        meanOf(rounds, (round) => round.brier).toFixed(3),
        meanOf(rounds, (round) => round.aurc).toFixed(4),
      ]
    }),
  )
  return table(
    [
      'set',
      'examples a route',
      'ECE',
      'ECE by chance',
      'ECE, names hidden',
      'coverage at 97.5%',
      'Brier',
      'AURC',
    ],
    rows,
  )
}

export function scopeTable({ rounds }: ScopeResult): string {
  const rows = rounds.map(({ title, auroc, chosen, atDefault, eceMixed, thresholdedAccuracy }) => [
    title,
    percent(auroc),
    chosen.threshold.toFixed(3),
    percent(chosen.refused),
    percent(chosen.recall),
    `${percent(atDefault.refused)} / ${percent(atDefault.recall)}`,
    percent(eceMixed),
    percent(thresholdedAccuracy),
  ])
  return table(
    [
      'way',
      'AUROC',
      'threshold',
      'refused',
      'recall',
      'refused / recall as it is',
      'ECE of all decisions',
      'right decisions as it is',
    ],
    rows,
  )
}

export function scopeCurveTable({ rounds }: ScopeResult): string {
  const curves = rounds.filter(({ way }) => way !== 'cv')
  const rows = curves[0]!.curve.map(({ refused }, point) => [
    percent(refused),
    ...curves.map(({ curve }) => percent(curve[point]!.recall)),
  ])
  return table(
    ['in-scope refused', ...curves.map(({ title }) => `recall, ${title.split(':')[0]!.split(',')[0]}`)],
    rows,
  )
}

/** One line a size, the one that decides worst first. */
export function smallSetsTable({ cells, withGiven, given, setsPerCell }: SmallSetsResult): string {
  const rows = cells
    .map((cell, place) => ({ cell, other: withGiven[place]! }))
    .sort((a, b) => a.cell.thresholdedAccuracy - b.cell.thresholdedAccuracy)
    .map(({ cell, other }) => [
      `${cell.routes} × ${cell.examples}`,
      percent(cell.thresholdedAccuracy),
      percent(cell.inScopeAccuracy),
      `${percent(cell.inScopeRejected)} / ${percent(cell.oosRecall)}`,
      percent(cell.ece),
      percent(cell.eceMixed),
      percent(other.thresholdedAccuracy),
      `${percent(other.inScopeRejected)} / ${percent(other.oosRecall)}`,
    ])
  return table(
    [
      'routes × examples',
      'right decisions',
      'accuracy',
      'refused / recall',
      'ECE',
      'ECE of all decisions',
      `right with ${given} given`,
      'refused / recall then',
    ],
    rows,
  ).concat(`\n\n${setsPerCell} sets a line.`)
}

export function smallSetWaysTable({ ways, cells, withGiven, given }: SmallSetsResult): string {
  const line = (title: string, figures: readonly SmallSetFigures[]) => {
    const of = (figure: (of: SmallSetFigures) => number) => percent(mean(figures.map(figure)))
    return [
      title,
      of((set) => set.thresholdedAccuracy),
      of((set) => set.inScopeAccuracy),
      `${of((set) => set.inScopeRejected)} / ${of((set) => set.oosRecall)}`,
      of((set) => set.ece),
      of((set) => set.eceMixed),
    ]
  }
  const titles = { random: 'any', alike: 'one and those most like it', spread: 'unlike each other' }
  return table(
    ['routes; examples', 'right decisions', 'accuracy', 'refused / recall', 'ECE', 'ECE of all decisions'],
    [
      ...[...ways]
        .sort((a, b) => a.thresholdedAccuracy - b.thresholdedAccuracy)
        .map((way) => line(`${titles[way.routes]}; ${titles[way.examples]}`, [way])),
      line('all sizes', cells),
      line(`all sizes, ${given} out-of-scope texts given`, withGiven),
    ],
  )
}

export function guaranteeTable(result: GuaranteeResult): string {
  return table(
    ['', 'share of splits', '95% interval'],
    [
      [
        `error rate above ${percent(result.maxErrorRate)}% on the half kept apart`,
        percent(result.violatedShare),
        interval(result.violatedInterval),
      ],
      [
        `error rate above ${percent(result.maxErrorRate)}% on all rows, of which the halves are samples`,
        percent(result.populationViolatedShare),
        interval(result.populationViolatedInterval),
      ],
      ['refused to promise', percent(result.refused / result.rounds.length), ''],
    ],
  ).concat(
    `\n\nCoverage ${percent(result.meanCoverage)}% on average, ${percent(result.coverageAgainstBest)}% of the ${percent(result.meanBestCoverage)}% that the best threshold in hindsight gives on the half kept apart. `,
    `${result.rows} rows in all, ${result.outOfScopeRows} of them out of scope.`,
  )
}

export function robustnessTable({ rounds }: RobustnessResult): string {
  const names = Object.keys(rounds[0]!.accuracy)
  return table(
    ['queries of the test set', 'accuracy', 'seeds 0 / 1 / 2'],
    names.map((name) => [
      name,
      percent(mean(rounds.map(({ accuracy }) => accuracy[name]!))),
      rounds.map(({ accuracy }) => percent(accuracy[name]!)).join(' / '),
    ]),
  )
}

export function twoIntentsTable({ rounds }: RobustnessResult): string {
  const of = (figure: (round: RobustnessResult['rounds'][number]) => number) =>
    percent(mean(rounds.map(figure)))
  const rows = rounds[0]!.twoIntents.map(({ way }, place) => [
    way,
    of(({ twoIntents }) => twoIntents[place]!.both),
    of(({ twoIntents }) => twoIntents[place]!.several),
  ])
  return table(
    ['two requests in one message', 'both in `intents`', 'several `intents` reported'],
    rows,
  ).concat(
    `\n\nAsked one by one, both requests are answered rightly in ${of(({ bothAlone }) => bothAlone)}% of the pairs. `,
    `Of single requests, ${of(({ severalOfOne }) => severalOfOne)}% report several intents.`,
  )
}

export function languagesTable({ rounds, foreignTexts }: RobustnessResult): string {
  const of = (figure: (round: RobustnessResult['rounds'][number]) => number) =>
    percent(mean(rounds.map(figure)))
  const languages = Object.keys(rounds[0]!.foreign.byLanguage)
  const sorted = languages
    .map((language) => ({
      language,
      accepted: mean(rounds.map(({ foreign }) => foreign.byLanguage[language]!)),
    }))
    .filter(({ accepted }) => accepted > 0)
    .sort((a, b) => b.accepted - a.accepted)
  return table(
    ['language', 'accepted'],
    [
      ...sorted.map(({ language, accepted }) => [language, percent(accepted)]),
      ['all', of(({ foreign }) => foreign.accepted)],
    ],
  ).concat(
    `\n\n${foreignTexts} texts in ${languages.length} languages; those not listed had none accepted. `,
    `${of(({ foreign }) => foreign.acceptedWrongly)}% were accepted by a route that would be wrong in English too.`,
  )
}
