import type { LabelledText } from '../../contracts/index.ts'
import type { Router } from '../../core/index.ts'
import { defineCommand } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { readLabelledRows, withRowsOf } from '../labelled-rows.ts'
import { loadRouter, SOURCE_FLAGS } from '../router-source.ts'
import { writeAtomically } from '../write-atomically.ts'

const DEFAULT_MISSES = 10
const WARM_UP_DECISIONS = 2_000

/** Named apart from the reserved word `eval`. */
export const evaluate = defineCommand({
  name: 'eval',
  summary: 'Score a route file or snapshot on labelled data',
  description:
    'Routes every labelled text and reports how often that was right, which routes are confused, whether the confidences can be believed, ' +
    'and what other thresholds would do. Use texts that are not examples of the routes, or the result flatters.',
  flags: {
    ...SOURCE_FLAGS,
    data: {
      kind: 'file',
      required: true,
      placeholder: 'JSONL',
      summary: 'Labelled data: {"text": …, "route": name or null} a line',
    },
    html: { kind: 'file', placeholder: 'HTML', summary: 'Also write the report as one self-contained page' },
    misses: {
      kind: 'number',
      integer: true,
      range: [0, 10_000],
      summary: `Wrong decisions to list; ${DEFAULT_MISSES} if not given, all with --json`,
    },
  },
  json: '{n, inScope, outOfScope, inScopeAccuracy, thresholdedAccuracy, oosRecall, oosPrecision, inScopeRejected, oosAuroc, ece, eceMixed, brier, aurc, coverageAt975, latencyUs: {p50, p99}, confusions, misses, reliability, thresholdCurve}',
  examples: [
    ['stratarouter eval --routes routes.yaml --data labelled.jsonl', 'the report in the terminal'],
    [
      'stratarouter eval --snapshot routes.snapshot --data labelled.jsonl --html report.html',
      'and as a page to share',
    ],
  ],
  async run({ flags, terminal }) {
    const data = await readLabelledRows(flags.data)
    const { router, path } = await loadRouter(flags, terminal)
    warmUp(router, data)
    const evaluation = await withRowsOf(flags.data, () => router.evaluate(data))
    const context = {
      source: path,
      data: flags.data,
      threshold: router.report.thresholds.default,
      misses: flags.misses ?? DEFAULT_MISSES,
    }
    if (flags.html !== undefined) {
      const { evaluationPage } = await import('../evaluation-report/evaluation-page.ts')
      await writeAtomically(flags.html, evaluationPage(evaluation, context))
    }
    if (terminal.json) {
      const misses = flags.misses === undefined ? evaluation.misses : evaluation.misses.slice(0, flags.misses)
      await terminal.printJson({ ...evaluation, misses })
    } else {
      const { evaluationLines } = await import('../evaluation-report/print-evaluation.ts')
      for (const line of evaluationLines(evaluation, context, terminal)) await terminal.print(line)
      if (flags.html !== undefined) terminal.note(`Wrote ${flags.html}`)
    }
    return EXIT_CODES.ok.code
  },
})

/** The first decisions run before Node has compiled the code; a server is past that in its first second. */
function warmUp(router: Router, data: readonly LabelledText[]): void {
  for (let made = 0; made < WARM_UP_DECISIONS; made += data.length) {
    for (const { text } of data.slice(0, WARM_UP_DECISIONS - made)) router.route(text)
  }
}
