import { createHash } from 'node:crypto'
import type { Evaluation } from '../../contracts/index.ts'
import { confidenceText } from '../print-decision.ts'
import { counted, grouped, percent } from '../text-layout.ts'
import { reliabilityDiagram, riskCoverageCurve } from './charts.ts'
import { html, Markup } from './html.ts'
import { PAGE_SCRIPT, PAGE_STYLE } from './page-style.ts'
import { cautionOf, figuresOf, readableBins } from './plain-words.ts'
import type { EvaluationContext } from './print-evaluation.ts'
import { suggestedThresholds } from './suggested-thresholds.ts'

/** A page of thousands of rows stays quick to open and to search; what is left out is said. */
const MOST_MISSES = 2_000
const MOST_CONFUSIONS = 200

/**
 * The evaluation as one HTML page that needs nothing else: style, script and charts are inside, texts are escaped,
 * and its content security policy lets nothing be loaded.
 */
export function evaluationPage(evaluation: Evaluation, context: EvaluationContext): string {
  const caution = cautionOf(evaluation)
  const scriptHash = createHash('sha256').update(PAGE_SCRIPT).digest('base64')
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'; base-uri 'none'; form-action 'none'`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evaluation of ${context.source}</title>
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body>
<main>
<header>
<h1>Evaluation of ${context.source}</h1>
<p class="lead">On ${context.data}: ${counted(evaluation.n, 'text')}, of which ${grouped(evaluation.inScope)} belong to a route and ${grouped(evaluation.outOfScope)} to none.
Half of the decisions took at most ${Math.round(evaluation.latencyUs.p50)} µs, 99% at most ${Math.round(evaluation.latencyUs.p99)} µs.</p>
</header>
<dl class="figures">${figuresOf(evaluation).map(
    ({ name, share, meaning }) =>
      html`<div><dt>${name}</dt><dd class="value">${percent(share)}</dd><dd class="meaning">${meaning}</dd></div>`,
  )}</dl>
${caution === null ? '' : html`<p class="caution">${caution}</p>`}
<section aria-labelledby="confidence">
<h2 id="confidence">Can the confidence be believed?</h2>
<div class="charts">
<figure class="panel">${reliabilityDiagram(readableBins(evaluation.reliability))}
<figcaption>Each dot is a group of texts, larger for more of them. On the dashed line, what is said is what happens; below it, the router is too sure of itself.</figcaption>
${reliabilityTable(evaluation)}</figure>
<figure class="panel">${riskCoverageCurve(evaluation.thresholdCurve, context.threshold)}
<figcaption>Asking for more confidence moves to the left: fewer texts are answered, fewer of the answers are wrong.</figcaption></figure>
</div>
</section>
<section aria-labelledby="thresholds">
<h2 id="thresholds">Thresholds to choose from</h2>
<p class="remark">Read off this very data, so a little hopeful; <code>stratarouter fit --max-error-rate</code> makes it a promise.</p>
${thresholdTable(evaluation, context.threshold)}
</section>
<section aria-labelledby="pairs">
<h2 id="pairs">Confused pairs</h2>
${confusionTable(evaluation)}
</section>
<section aria-labelledby="misses-title">
<h2 id="misses-title">Misses</h2>
${missTable(evaluation)}
</section>
<footer>Made by <code>stratarouter eval --html</code>. The page loads nothing and sends nothing.</footer>
</main>
<script>${new Markup(PAGE_SCRIPT)}</script>
</body>
</html>
`.text
}

function reliabilityTable(evaluation: Evaluation): Markup {
  const rows = readableBins(evaluation.reliability).map(
    (bin) =>
      html`<tr><td class="number">${percent(bin.confidence)}</td><td class="number">${percent(bin.accuracy)}</td><td class="number">${bin.count}</td></tr>`,
  )
  return html`<details><summary>The same as a table</summary>${table(
    'Reliability',
    [
      ['confidence stated', 'number'],
      ['share right', 'number'],
      ['texts', 'number'],
    ],
    rows,
  )}</details>`
}

function thresholdTable(evaluation: Evaluation, inForce: number): Markup {
  const rows = suggestedThresholds(evaluation, inForce).map(
    (point) => html`<tr${point.errorTarget === null ? new Markup(' class="now"') : ''}>
<th scope="row">${point.errorTarget === null ? 'in force now' : `at most ${percent(point.errorTarget, 0)} wrong`}</th>
<td class="number">${point.threshold.toFixed(3)}</td><td class="number">${percent(point.coverage)}</td><td class="number">${percent(point.errorRate)}</td><td class="number">${percent(point.oosRecall)}</td><td class="number">${percent(point.inScopeRejected)}</td></tr>`,
  )
  return panel(
    'Thresholds to choose from',
    table(
      'What other thresholds would do',
      [
        ['wish', ''],
        ['threshold', 'number'],
        ['texts answered', 'number'],
        ['answers wrong', 'number'],
        ['out of scope caught', 'number'],
        ['wrongly refused', 'number'],
      ],
      rows,
    ),
  )
}

function confusionTable(evaluation: Evaluation): Markup {
  const { confusions } = evaluation
  if (confusions.length === 0) return html`<p>None: every decision was right.</p>`
  const rows = confusions.slice(0, MOST_CONFUSIONS).map(
    (
      pair,
    ) => html`<tr><td class="number">${pair.count}</td><td class="name">${routeName(pair.expected)}</td><td class="name wrong">${routeName(pair.got)}</td>
<td class="text"><ul class="examples">${pair.examples.map((example) => html`<li>${example}</li>`)}</ul></td></tr>`,
  )
  return html`<p class="remark">${leftOut(confusions.length, MOST_CONFUSIONS, 'The commonest first.')}</p>
${panel(
  'Confused pairs',
  table(
    'Expected and actual routes of wrong decisions',
    [
      ['times', 'number'],
      ['expected', ''],
      ['came', ''],
      ['for example', ''],
    ],
    rows,
  ),
)}`
}

function missTable(evaluation: Evaluation): Markup {
  if (evaluation.misses.length === 0) return html`<p>None: every decision was right.</p>`
  const shown = evaluation.misses.toSorted((a, b) => b.confidence - a.confidence).slice(0, MOST_MISSES)
  const rows = shown.map(
    (
      miss,
    ) => html`<tr><td class="number">${confidenceText(miss.confidence)}</td><td class="name">${routeName(miss.expected)}</td><td class="name wrong">${routeName(miss.got)}</td><td class="text">${miss.text}</td></tr>
`,
  )
  return html`<p class="remark">${leftOut(evaluation.misses.length, MOST_MISSES, 'The surest first: a wrong answer that was sure of itself teaches most.')}</p>
<div class="search" hidden><label for="search">Search</label><input id="search" type="search" autocomplete="off" spellcheck="false"><span id="found" role="status">${shown.length} of ${shown.length}</span></div>
<div id="misses">${panel(
    'Misses',
    table(
      'Wrong decisions',
      [
        ['confidence', 'number'],
        ['expected', ''],
        ['came', ''],
        ['text', ''],
      ],
      rows,
    ),
  )}</div>`
}

function leftOut(total: number, most: number, otherwise: string): string {
  return total > most ? `${otherwise} The first ${grouped(most)} of ${grouped(total)} are shown.` : otherwise
}

function routeName(route: string | null): Markup {
  return route === null ? html`<span class="none">no match</span>` : html`${route}`
}

/** A table wider than the screen scrolls by itself, with the keyboard too. */
function panel(label: string, content: Markup): Markup {
  return html`<div class="panel" role="region" aria-label="${label}" tabindex="0">${content}</div>`
}

function table(
  caption: string,
  columns: readonly (readonly [title: string, className: string])[],
  rows: readonly Markup[],
): Markup {
  const heads = columns.map(([title, className]) =>
    className === ''
      ? html`<th scope="col">${title}</th>`
      : html`<th scope="col" class="${className}">${title}</th>`,
  )
  return html`<table><caption>${caption}</caption><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table>`
}
