import type { FitReport } from '../../contracts/index.ts'
import { StrataError } from '../../errors/index.ts'
import { defineCommand } from '../command.ts'
import { chanceInFit } from '../evaluation-report/calibration-chance.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { readLabelledRows, withRowsOf } from '../labelled-rows.ts'
import { programName } from '../program-name.ts'
import { compileRouteSet, defaultRouteFile, SOURCE_FLAGS } from '../router-source.ts'
import type { Terminal } from '../terminal.ts'
import { counted, grouped, padEnd, percent } from '../text-layout.ts'
import { usageError } from '../usage-error.ts'
import { writeAtomically } from '../write-atomically.ts'

export const fit = defineCommand({
  name: 'fit',
  summary: 'Compile and calibrate a route file into a snapshot',
  description:
    'Compiles the route file, calibrates its confidences and saves the result as one snapshot file that loads in milliseconds. ' +
    'With labelled data it can promise an error rate instead of asking you for a threshold.',
  flags: {
    routes: SOURCE_FLAGS.routes,
    out: { kind: 'file', required: true, placeholder: 'SNAPSHOT', summary: 'Where to save the snapshot' },
    data: {
      kind: 'file',
      placeholder: 'JSONL',
      summary: 'Labelled data: {"text": …, "route": name or null} a line',
    },
    'max-error-rate': {
      kind: 'number',
      range: [0.001, 0.5],
      placeholder: 'RATE',
      summary: 'Be wrong at most this share of the times a route is chosen; needs --data',
    },
  },
  json: '{routes, examples, accuracyCv, eceCv, eceCvByChance, thresholds, seconds, bytes}',
  examples: [
    ['stratarouter fit --routes routes.yaml --out routes.snapshot', 'compile and calibrate on the examples'],
    [
      'stratarouter fit --routes routes.yaml --data labelled.jsonl --max-error-rate 0.02 --out routes.snapshot',
      'be wrong at most 2% of the times a route is chosen',
    ],
  ],
  async run({ flags, terminal }) {
    const maxErrorRate = flags['max-error-rate']
    if (maxErrorRate !== undefined && flags.data === undefined) {
      throw usageError(
        '--max-error-rate needs labelled data to measure errors on. Add --data labelled.jsonl.',
      )
    }
    const data = flags.data === undefined ? undefined : await readLabelledRows(flags.data)
    const { readRouteFile } = await import('../../config/route-file.ts')
    const routes = flags.routes ?? (await defaultRouteFile())
    const routeSet = readRouteFile(routes)
    if (data === undefined && routeSet.defaults?.maxErrorRate !== undefined) {
      throw new StrataError(
        'not_enough_data',
        `${routes} sets defaults.maxErrorRate to ${routeSet.defaults.maxErrorRate}, which only labelled data can promise. ` +
          'Add --data labelled.jsonl, or take maxErrorRate out of the file.',
      )
    }
    const options = {
      ...(data ? { data } : {}),
      ...(maxErrorRate === undefined ? {} : { maxErrorRate }),
    }
    const router = await withRowsOf(flags.data, () => compileRouteSet(routeSet, terminal, options))
    const bytes = router.save()
    await writeAtomically(flags.out, bytes)
    const report = { ...router.report, bytes: bytes.length }
    if (terminal.json) await terminal.printJson(report)
    else {
      await printFit(report, flags.out, terminal)
      const unseen = data ? ' (rows that this fit has not seen)' : ''
      terminal.note(`Next: ${programName()} eval --snapshot ${flags.out} --data labelled.jsonl${unseen}`)
    }
    return EXIT_CODES.ok.code
  },
})

async function printFit(report: FitReport, out: string, terminal: Terminal): Promise<void> {
  const { default: threshold, guarantee, scope } = report.thresholds
  await terminal.print(
    `Fitted ${counted(report.routes, 'route')} from ${counted(report.examples, 'example')} in ${report.seconds.toFixed(2)} s: ` +
      `${terminal.style('bold', out)} (${grouped(Math.ceil(report.bytes / 1024))} KiB)`,
  )
  const rows: (readonly [name: string, value: string, meaning: string])[] = []
  if (report.accuracyCv === null) {
    rows.push(['Accuracy', '–', 'too few examples to hold any out; five a route are enough'])
  } else {
    rows.push(['Accuracy', percent(report.accuracyCv), 'of examples kept aside went to their own route'])
  }
  if (report.eceCv !== null) {
    rows.push([
      'Calibration error',
      percent(report.eceCv),
      `how far confidence and truth lie apart on average; ${chanceInFit(report)}`,
    ])
  }
  rows.push(['Threshold', threshold.toFixed(3), 'the confidence a route needs to be chosen'])
  if (scope) {
    const others = `and ${percent(scope.inScopeRejected)} of the others`
    rows.push([
      'Out of scope',
      percent(scope.oosRecall),
      `of labelled texts that belong nowhere get "no match" there, ${others}`,
    ])
  }
  if (guarantee) {
    const certainty = `with ${percent(1 - guarantee.delta, 0)} certainty, from ${counted(guarantee.rows, 'row')}`
    rows.push(
      ['Promise', `≤ ${percent(guarantee.maxErrorRate)}`, `wrong when a route is chosen, ${certainty}`],
      ['Answered', percent(guarantee.coverage), 'of the labelled rows get a route at that threshold'],
    )
  }
  for (const [name, value, meaning] of rows) {
    await terminal.print(
      `  ${padEnd(name, 18)} ${terminal.style('bold', padEnd(value, 8))} ${terminal.style('dim', meaning)}`,
    )
  }
}
