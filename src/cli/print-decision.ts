import type { Decision, Explanation } from '../contracts/index.ts'
import { tableLines } from './table.ts'
import type { Style, Terminal } from './terminal.ts'
import { bar, padEnd, printable, truncate, wrap } from './text-layout.ts'

const BAR_COLUMNS = 24
const SHORT_BAR_COLUMNS = 10
const ROUTE_COLUMNS = 24
const MOST_WORDS = 8
const MOST_TEXT_LINES = 4

/** A probability as the flags take it, never rounded to a certainty it does not have. */
export function confidenceText(confidence: number): string {
  if (confidence > 0.999) return '>.999'
  if (confidence < 0.001) return '<.001'
  return confidence.toFixed(3)
}

/** The decision in one line, for lists of messages. */
export function decisionLine(text: string, decision: Decision, terminal: Terminal): string {
  const { filled, rest } = bar(decision.confidence, SHORT_BAR_COLUMNS)
  const style = colourOf(decision)
  const route = padEnd(
    terminal.style(style, truncate(decision.route ?? 'no match', ROUTE_COLUMNS)),
    ROUTE_COLUMNS,
  )
  const room = Math.max(16, terminal.width - ROUTE_COLUMNS - SHORT_BAR_COLUMNS - 10)
  return `${confidenceText(decision.confidence)} ${terminal.style(style, filled)}${terminal.style('dim', rest)}  ${route}  ${truncate(printable(text), room)}`
}

/** The decision with its candidates and, when it carries one, its explanation. */
export function decisionLines(text: string, decision: Decision, terminal: Terminal): string[] {
  const style = colourOf(decision)
  const { filled, rest } = bar(decision.confidence, BAR_COLUMNS)
  const lines = [
    ...textLines(text, terminal.width).map((line) => terminal.style('bold', line)),
    `  ${terminal.style(style, `→ ${decision.route ?? 'no match'}`)}  ${terminal.style(style, filled)}${terminal.style('dim', rest)} ${confidenceText(decision.confidence)}  ${terminal.style('dim', reasonText(decision))}`,
    '',
    ...candidateLines(decision, terminal),
  ]
  if (decision.intents && decision.intents.length > 1) {
    lines.push('', '  Parts of the message ask for different routes')
    for (const intent of decision.intents) {
      lines.push(
        `    ${confidenceText(intent.confidence)}  ${intent.route}  “${truncate(printable(intent.text), terminal.width - 24)}”`,
      )
    }
  }
  if (decision.explanation) lines.push('', ...explanationLines(decision, decision.explanation, terminal))
  return lines
}

/** The text as it came, up to a few lines of it. */
function textLines(text: string, width: number): string[] {
  return wrap(truncate(printable(text), width * MOST_TEXT_LINES), width).slice(0, MOST_TEXT_LINES)
}

function colourOf(decision: Decision): Style {
  if (decision.route !== null) return 'green'
  return decision.reason === 'out-of-scope' ? 'red' : 'yellow'
}

function reasonText(decision: Decision): string {
  const [best, second] = decision.candidates
  const threshold = decision.threshold.toFixed(2)
  switch (decision.reason) {
    case 'match':
      return `reaches its threshold ${threshold}`
    case 'rule':
      return 'a rule decided'
    case 'below-threshold':
      return best ? `best is ${best.route}, below its threshold ${threshold}` : `nothing reaches ${threshold}`
    case 'out-of-scope':
      return 'like none of the routes'
    case 'ambiguous':
      return best && second ? `${best.route} and ${second.route} are too close to call` : 'too close to call'
  }
}

function candidateLines(decision: Decision, terminal: Terminal): string[] {
  if (decision.candidates.length === 0) return ['  no candidates']
  const rows = decision.candidates.map((candidate) => {
    const chosen = candidate.route === decision.route
    return [
      { text: candidate.route, ...(chosen ? { style: 'bold' as const } : {}) },
      confidenceText(candidate.confidence),
      {
        text: bar(candidate.confidence, BAR_COLUMNS).filled,
        style: chosen ? ('green' as const) : ('blue' as const),
      },
    ]
  })
  return tableLines(
    [{ title: 'candidate', flexible: true }, { title: 'confidence', align: 'right' }, { title: '' }],
    rows,
    terminal,
  )
}

function explanationLines(decision: Decision, explanation: Explanation, terminal: Terminal): string[] {
  const title = (text: string) => `  ${terminal.style('bold', text)}`
  const lines = [
    title('Why'),
    ...wrap(printable(explanation.summary), terminal.width - 4).map((line) => `    ${line}`),
  ]
  if (explanation.segment !== undefined) {
    lines.push(`    Read from this part: “${truncate(printable(explanation.segment), terminal.width - 28)}”`)
  }
  for (const { from, to } of explanation.corrections)
    lines.push(`    Read “${printable(from)}” as “${printable(to)}”`)
  if (explanation.usedContext) lines.push('    Previous messages were needed to decide')
  if (explanation.nearest.length > 0) {
    const rows = explanation.nearest.map((near) => [
      near.similarity.toFixed(2),
      near.route,
      printable(near.example),
    ])
    lines.push('', title('Nearest examples'))
    lines.push(
      ...tableLines(
        [{ title: 'similarity', align: 'right' }, { title: 'route' }, { title: 'example', flexible: true }],
        rows,
        terminal,
        4,
      ),
    )
  }
  if (explanation.words.length > 0) {
    const rivals = [decision.candidates[0], explanation.runnerUp].flatMap((rival) =>
      rival ? [rival.route] : [],
    )
    const remark = rivals.length === 2 ? `  ${terminal.style('dim', `for ${rivals.join(', against ')}`)}` : ''
    lines.push('', `${title('Words')}${remark}`, ...wordLines(explanation, terminal))
  }
  if (explanation.rules.length > 0) {
    lines.push('', title('Rules that matched'))
    for (const rule of explanation.rules)
      lines.push(`    ${rule.route}: ${rule.then} when ${printable(rule.when)}`)
  }
  const flip = flipText(decision, explanation.flip)
  if (flip)
    lines.push(
      '',
      title('What would change it'),
      ...wrap(flip, terminal.width - 4).map((line) => `    ${line}`),
    )
  lines.push(
    '',
    `    ${terminal.style('dim', `Probability that no route is right: ${confidenceText(decision.outOfScope)}`)}`,
  )
  return lines
}

function wordLines(explanation: Explanation, terminal: Terminal): string[] {
  const shown = explanation.words.slice(0, MOST_WORDS)
  const largest = Math.max(...shown.map((word) => Math.abs(word.effect)), Number.MIN_VALUE)
  const rows = shown.map((word) => [
    printable(word.text),
    `${word.effect < 0 ? '−' : '+'}${Math.abs(word.effect).toFixed(2)}`,
    {
      text: bar(Math.abs(word.effect) / largest, 16).filled,
      style: word.effect < 0 ? ('red' as const) : ('green' as const),
    },
  ])
  return tableLines(
    [{ title: 'word', flexible: true }, { title: 'effect', align: 'right' }, { title: '' }],
    rows,
    terminal,
    4,
  )
}

function flipText(decision: Decision, flip: Explanation['flip']): string {
  const parts: string[] = []
  if (flip.withoutWords && flip.withoutWords.length > 0) {
    const words = flip.withoutWords.map((word) => `“${printable(word)}”`).join(', ')
    parts.push(`Without ${words}: ${flip.then ?? 'no match'}.`)
  }
  if (flip.threshold !== undefined && flip.threshold < 0.999) {
    const threshold = flip.threshold.toFixed(3)
    const best = decision.candidates[0]?.route
    if (decision.route !== null) parts.push(`With a threshold above ${threshold}: no match.`)
    else if (best !== undefined) parts.push(`With a threshold of ${threshold}: ${best}.`)
  }
  return parts.join(' ')
}
