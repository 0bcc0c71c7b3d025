import {
  accuracyCells,
  type Comparison,
  comparisonsOf,
  isLost,
  meanOf,
  runsOf,
  shotsText,
  titleOf,
} from './comparisons.ts'
import type { QualityRun, RivalsResult, ServeRun } from './result.ts'

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join(
    '\n',
  )
}

const share = (value: number | null): string => (value === null ? '' : (100 * value).toFixed(1))

function figure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US')
  return value >= 10 ? value.toFixed(1) : value.toPrecision(2)
}

function comparisonRow({ what, ours, theirs, unit }: Comparison): string[] {
  const digits = Math.abs(ours - theirs) < 0.1 ? 2 : 1
  const print = (value: number) => (unit === '%' ? `${value.toFixed(digits)}%` : `${figure(value)} ${unit}`)
  return [what, print(ours), print(theirs)]
}

/** docs/comparison.md, whole. */
export function renderPage(result: RivalsResult): string {
  const { conditions, options } = result
  const { machine } = conditions
  const all = comparisonsOf(result)
  const lost = all.filter(isLost)
  const best = options.reduce<(typeof options)[number] | undefined>(
    (a, b) => (a && a.accuracy >= b.accuracy ? a : b),
    undefined,
  )
  return `# Side by side with semantic-router

[semantic-router](https://pypi.org/project/semantic-router/) ${conditions.semanticRouter} (Python) with all-MiniLM-L6-v2 against StrataRouter with its built-in encoder,
both on the same texts of the same machine in one run. This page is generated from [the raw result](../benchmarks/rivals/results/semantic-router.json);
to measure again: \`npm run bench:rivals\` (it makes a Python environment of its own; \`-- --quick\` sees that it runs).

## Where we lose

${lost.length === 0 ? `In none of the ${all.length} figures that both have.` : `In ${lost.length} of the ${all.length} figures that both have:`}

${lost.length === 0 ? '' : `${table(['figure', 'StrataRouter', 'semantic-router'], lost.map(comparisonRow))}\n`}
And in what these figures do not show:

- It takes any encoder, hosted ones and many languages included, and routes images. Ours reads English words, and its
  built-in encoder sees no word order. A stronger encoder would raise its accuracy, at the price of that encoder's time.
- It keeps routes in Pinecone, PostgreSQL, Qdrant or MongoDB, shared by many processes, and can ask a language model or a decision model instead.
- It is a Python library. From Python, StrataRouter is a server over HTTP.
- Adding a route there encodes its examples and no more; here the head is fitted anew (in the background while serving).

## Accuracy

Share of queries that belong to a route whose best route is right, thresholds aside, in %; few-shot is the mean of three
committed draws. *Defaults* is the router as it comes (mean of the five nearest examples by route).${
    best
      ? ` *Best options* is the best of its ${options.length} settings of aggregation and \`top_k\` on the validation texts of CLINC150 (10 examples a route): \`${best.aggregation}\` of ${best.topK}.`
      : ''
  } Nothing of StrataRouter was set for this comparison.

${table(
  ['set', 'examples', 'StrataRouter', 'semantic-router, defaults', 'semantic-router, best options'],
  accuracyCells(result).map(({ set, shots }) => [
    titleOf(set),
    shotsText(shots),
    share(meanOf(runsOf(result, 'stratarouter', set, shots, 'defaults'), 'inScopeAccuracy')),
    share(meanOf(runsOf(result, 'semantic-router', set, shots, 'defaults'), 'inScopeAccuracy')),
    share(meanOf(runsOf(result, 'semantic-router', set, shots, 'options'), 'inScopeAccuracy')),
  ]),
)}

## No match

CLINC150 with its 1,000 test queries that belong nowhere, in %. As they come, semantic-router has no threshold and answers
every query with a route; StrataRouter wants a confidence of 0.5. *Fitted with labels*: both are calibrated by their \`fit\` on the same
3,100 validation texts, in scope and out of it, examples from the training split alone; semantic-router then takes a route whose
calibrated confidence is at least 0.5, StrataRouter the threshold that its \`fit\` chooses.

${table(
  ['', 'examples', 'decision right', 'nowhere caught', 'somewhere refused', 'AUROC', 'calibration error'],
  noMatchRows(result),
)}

The calibration error is that of queries that belong to a route, 15 bins of equal mass. A similarity, which is what semantic-router
answers with before \`fit\`, does not claim to be a probability, so it has none there.

## Time, memory, size

150 routes of CLINC150, one core and one thread a side, each in a process of its own, a whole call: text in, decision out. p50 and p99 are of
the round with the lowest median; processor time is the mean of all rounds, which other work on the machine lengthens least.

${table(
  [
    '',
    'examples a route',
    'p50 ms',
    'p99 ms',
    'processor ms',
    'of which encoding',
    'start to first decision s',
    'MB ready',
    'MB later',
  ],
  result.serve.map(serveRow),
)}

Starting from routes means encoding the examples there, and fitting a head here; a compiled snapshot skips that, and
semantic-router's local index cannot be saved. In batches of 64 its encoder took ${figure(result.encodeMsInBatch)} ms a text.

${table(
  ['installed', 'MB', 'packages', 'the largest'],
  result.size.map(({ side, megabytes, packages, largest }) => [
    side,
    figure(megabytes),
    `${packages}`,
    Object.entries(largest)
      .map(([name, size]) => `${name} ${figure(size)}`)
      .join(', '),
  ]),
)}

Neither side counts its language's own runtime. The usual way to MiniLM there is \`semantic-router[local]\`, which brings PyTorch and is larger still.

## How it was measured

- MiniLM runs through onnxruntime ${conditions.onnxruntime} at float32, from the published weights, by an encoder class of thirty lines: without PyTorch it starts
  sooner and takes less memory, which is to its advantage. Its vectors agree with another party's export of the same model (mean
  cosine ${conditions.model.cosineOfBothModels.toFixed(4)} to an int8 one) and do not depend on what is encoded beside them.
- Accuracy of semantic-router comes from its asynchronous call with vectors encoded beforehand, times from its ordinary call.
- StrataRouter is the built package, as published, with the built-in encoder and its defaults.
- Commit \`${conditions.commit.slice(0, 10)}\`${conditions.hasLocalChanges ? ' with changes not committed' : ''}, ${conditions.date}, Node ${conditions.node}, Python ${conditions.python}, ${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB; ${conditions.seconds} s in all.${
    conditions.load > machine.cores / 2 + 0.6
      ? ` Other work kept the machine busy (load ${conditions.load.toFixed(1)}): times of the clock, above all p99 and starts, are longer than on a quiet machine, for both.`
      : ''
  }
`
}

function noMatchRows(result: RivalsResult): string[][] {
  const cells = accuracyCells(result).filter(({ set }) => set === 'clinc150')
  const row = (title: string, runs: readonly QualityRun[], shots: QualityRun['shots'], hasEce: boolean) => {
    const of = (field: keyof QualityRun) => share(meanOf(runs, field))
    const figures = [of('thresholdedAccuracy'), of('oosRecall'), of('inScopeRejected'), of('oosAuroc')]
    return runs.length === 0 ? [] : [[title, shotsText(shots), ...figures, hasEce ? of('ece') : '']]
  }
  return [
    ...cells.flatMap(({ set, shots }) => [
      ...row(
        'StrataRouter, as it comes',
        runsOf(result, 'stratarouter', set, shots, 'defaults'),
        shots,
        true,
      ),
      ...row(
        'semantic-router, as it comes',
        runsOf(result, 'semantic-router', set, shots, 'defaults'),
        shots,
        false,
      ),
    ]),
    ...([10, 'full'] as const).flatMap((shots) => {
      const labelled = (side: QualityRun['side'], way: QualityRun['way'], title: string) =>
        row(title, runsOf(result, side, 'clinc150', shots, way), shots, true)
      return [
        ...labelled('stratarouter', 'labelled', 'StrataRouter, fitted with labels'),
        ...labelled('semantic-router', 'labelled', 'semantic-router, fitted with labels'),
        ...labelled(
          'semantic-router',
          'labelled-options',
          'semantic-router, best options, fitted with labels',
        ),
      ]
    }),
  ]
}

function serveRow(run: ServeRun): string[] {
  return [
    run.from === 'snapshot' ? `${run.side}, from a snapshot` : run.side,
    `${run.shots}`,
    figure(run.latency.p50Us / 1000),
    figure(run.latency.p99Us / 1000),
    figure(run.cpuUs / 1000),
    run.encodeCpuUs === null ? '' : figure(run.encodeCpuUs / 1000),
    figure(run.firstDecisionSeconds),
    figure(run.residentReadyMb),
    figure(run.residentAfterMb),
  ]
}
