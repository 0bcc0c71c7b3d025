import type { Evaluation } from '../../contracts/index.ts'
import { confidenceText } from '../print-decision.ts'
import { tableLines } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import {
  bar,
  counted,
  grouped,
  padEnd,
  padStart,
  percent,
  printable,
  truncate,
  wrap,
} from '../text-layout.ts'
import { cautionOf, figuresOf, readableBins, routeText } from './plain-words.ts'
import { suggestedThresholds } from './suggested-thresholds.ts'

const MOST_CONFUSIONS = 12
const EXAMPLES_A_PAIR = 2

export interface EvaluationContext {
  /** What was evaluated and on what, for the title. */
  readonly source: string
  readonly data: string
  /** Threshold of the set. */
  readonly threshold: number
  readonly misses: number
}

/** The evaluation as a person wants to read it, worst news where the eye falls. */
export function evaluationLines(
  evaluation: Evaluation,
  context: EvaluationContext,
  terminal: Terminal,
): string[] {
  const title = (text: string, remark = '') =>
    `${terminal.style('bold', text)}${remark === '' ? '' : `  ${terminal.style('dim', remark)}`}`
  return [
    title(
      `${context.source} on ${context.data}`,
      `${counted(evaluation.n, 'text')}: ${grouped(evaluation.inScope)} belong to a route, ${grouped(evaluation.outOfScope)} to none`,
    ),
    '',
    ...figureLines(evaluation, terminal),
    '',
    title('Confused pairs', 'what was expected, and what came instead'),
    ...confusionLines(evaluation, terminal),
    '',
    title('Calibration', 'each bar should end at its mark │: that often such a confidence is right'),
    ...reliabilityLines(evaluation, terminal),
    '',
    title('Thresholds', 'higher: fewer answers, fewer of them wrong'),
    ...thresholdLines(evaluation, context.threshold, terminal),
    ...missLines(evaluation, context.misses, title, terminal),
    '',
    `${terminal.style('bold', 'Speed')}  half of the decisions took at most ${Math.round(evaluation.latencyUs.p50)} µs, 99% at most ${Math.round(evaluation.latencyUs.p99)} µs`,
  ]
}

function figureLines(evaluation: Evaluation, terminal: Terminal): string[] {
  const caution = cautionOf(evaluation)
  return [
    ...figuresOf(evaluation).map(
      ({ name, share, meaning }) =>
        `  ${padEnd(name, 20)} ${terminal.style('bold', padStart(percent(share), 6))}  ${terminal.style('dim', meaning)}`,
    ),
    ...(caution === null
      ? []
      : wrap(caution, terminal.width - 2).map((line) => `  ${terminal.style('yellow', line)}`)),
  ]
}

function confusionLines(evaluation: Evaluation, terminal: Terminal): string[] {
  if (evaluation.confusions.length === 0)
    return [`  ${terminal.style('green', 'None: every decision was right.')}`]
  const rows = evaluation.confusions.slice(0, MOST_CONFUSIONS).map((pair) => [
    { text: String(pair.count), style: 'bold' as const },
    routeText(pair.expected),
    { text: routeText(pair.got), style: 'yellow' as const },
    pair.examples
      .slice(0, EXAMPLES_A_PAIR)
      .map((example) => `“${printable(example)}”`)
      .join('  '),
  ])
  const left = evaluation.confusions.length - rows.length
  return [
    ...tableLines(
      [
        { title: 'times', align: 'right' },
        { title: 'expected' },
        { title: 'came' },
        { title: 'for example', flexible: true },
      ],
      rows,
      terminal,
    ),
    ...(left > 0
      ? [`  ${terminal.style('dim', `and ${counted(left, 'rarer pair')}; --html or --json has them all`)}`]
      : []),
  ]
}

const RELIABILITY_COLUMNS = 40

function reliabilityLines(evaluation: Evaluation, terminal: Terminal): string[] {
  if (evaluation.reliability.length === 0) return ['  No text that belongs to a route, so nothing to draw.']
  const lines = [
    terminal.style('dim', `  says   ${padEnd('is right', RELIABILITY_COLUMNS + 2)}right   texts`),
  ]
  for (const bin of readableBins(evaluation.reliability)) {
    const { filled } = bar(bin.accuracy, RELIABILITY_COLUMNS)
    const cells = [...padEnd(filled, RELIABILITY_COLUMNS + 1)]
    const mark = Math.min(RELIABILITY_COLUMNS, Math.round(bin.confidence * RELIABILITY_COLUMNS))
    const before = cells.slice(0, mark).join('')
    const after = cells.slice(mark + 1).join('')
    const isOff = Math.abs(bin.accuracy - bin.confidence) > 0.1
    const colour = isOff ? 'yellow' : 'green'
    lines.push(
      `  ${padStart(percent(bin.confidence), 6)} ${terminal.style(colour, before)}${terminal.style('bold', '│')}${terminal.style(colour, after)} ${padStart(percent(bin.accuracy, 0), 5)} ${padStart(String(bin.count), 7)}`,
    )
  }
  return lines
}

function thresholdLines(evaluation: Evaluation, inForce: number, terminal: Terminal): string[] {
  const suggestions = suggestedThresholds(evaluation, inForce)
  if (suggestions.length === 0) return ['  Nothing to suggest: there are too few texts.']
  const rows = suggestions.map((suggestion) => [
    suggestion.threshold.toFixed(3),
    percent(suggestion.coverage),
    percent(suggestion.errorRate),
    percent(suggestion.oosRecall),
    percent(suggestion.inScopeRejected),
    {
      text: suggestion.errorTarget === null ? 'now' : `at most ${percent(suggestion.errorTarget, 0)} wrong`,
      style: suggestion.errorTarget === null ? ('cyan' as const) : ('dim' as const),
    },
  ])
  return [
    ...tableLines(
      [
        { title: 'threshold', align: 'right' },
        { title: 'answered', align: 'right' },
        { title: 'wrong', align: 'right' },
        { title: 'out of scope caught', align: 'right' },
        { title: 'refused', align: 'right' },
        { title: '' },
      ],
      rows,
      terminal,
    ),
    `  ${terminal.style('dim', 'Read off this very data, so a little hopeful. "fit --max-error-rate" makes it a promise.')}`,
  ]
}

function missLines(
  evaluation: Evaluation,
  most: number,
  title: (text: string, remark?: string) => string,
  terminal: Terminal,
): string[] {
  if (most === 0 || evaluation.misses.length === 0) return []
  // A wrong answer that was sure of itself teaches most.
  const surest = evaluation.misses.toSorted((a, b) => b.confidence - a.confidence).slice(0, most)
  const rows = surest.map((miss) => [
    confidenceText(miss.confidence),
    routeText(miss.expected),
    { text: routeText(miss.got), style: 'yellow' as const },
    printable(truncate(miss.text, 400)),
  ])
  return [
    '',
    title('Misses', `the surest ${surest.length} of ${evaluation.misses.length}`),
    ...tableLines(
      [
        { title: 'confidence', align: 'right' },
        { title: 'expected' },
        { title: 'came' },
        { title: 'text', flexible: true },
      ],
      rows,
      terminal,
    ),
  ]
}
