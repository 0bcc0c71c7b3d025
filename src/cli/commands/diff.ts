import { defineCommand } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { readMessageRows } from '../labelled-rows.ts'
import { confidenceText } from '../print-decision.ts'
import { loadAnyRouter } from '../router-source.ts'
import { tableLines } from '../table.ts'
import { counted, percent, printable, truncate } from '../text-layout.ts'

const DEFAULT_SHOWN = 30

export const diff = defineCommand({
  name: 'diff',
  summary: 'Show which decisions change between two route files or snapshots',
  description:
    'Decides every text with both and lists those that get another route. Run it before a changed route file goes live. ' +
    'A confidence that moves without changing the route is no change.',
  positional: {
    placeholder: 'A B',
    summary: 'before and after: route files or snapshots',
    kind: 'file',
    minimum: 2,
    maximum: 2,
  },
  flags: {
    data: {
      kind: 'file',
      required: true,
      placeholder: 'JSONL',
      summary: 'Texts to decide: {"text": …} a line, with "route": right name or null where it is known',
    },
    show: {
      kind: 'number',
      integer: true,
      range: [0, 100_000],
      summary: `Changes to list; ${DEFAULT_SHOWN} if not given, all with --json`,
    },
  },
  json: '{changed, of, changes: [{text, before: {route, confidence}, after: {route, confidence}, expected}]}',
  examples: [
    [
      'stratarouter diff live.snapshot routes.yaml --data recorded.jsonl',
      'what would change if routes.yaml went live',
    ],
    ['stratarouter diff old.yaml new.yaml --data labelled.jsonl --json', 'the same for a program'],
  ],
  async run({ flags, positionals, terminal }) {
    const { diffDecisions } = await import('../../core/diff-decisions.ts')
    const rows = await readMessageRows(flags.data)
    const [beforeFile = '', afterFile = ''] = positionals
    const before = await loadAnyRouter(beforeFile, terminal)
    const after = await loadAnyRouter(afterFile, terminal)
    const result = diffDecisions(before, after, rows)
    const shown = result.changes.slice(
      0,
      flags.show ?? (terminal.json ? result.changes.length : DEFAULT_SHOWN),
    )
    if (terminal.json) {
      await terminal.printJson({ ...result, changes: shown })
      return EXIT_CODES.ok.code
    }
    const share = result.of === 0 ? null : result.changed / result.of
    await terminal.print(
      `${terminal.style('bold', `${result.changed} of ${counted(result.of, 'decision')} change`)} (${percent(share)})${verdict(result.changes)}`,
    )
    if (shown.length === 0) return EXIT_CODES.ok.code
    await terminal.print()
    const lines = tableLines(
      [
        { title: 'before' },
        { title: '', align: 'right' },
        { title: 'after' },
        { title: '', align: 'right' },
        { title: '' },
        { title: 'text', flexible: true },
      ],
      shown.map((change) => [
        change.before.route ?? 'no match',
        { text: confidenceText(change.before.confidence), style: 'dim' as const },
        change.after.route ?? 'no match',
        { text: confidenceText(change.after.confidence), style: 'dim' as const },
        markOf(change),
        printable(truncate(change.text, 400)),
      ]),
      terminal,
    )
    for (const line of lines) await terminal.print(line)
    const left = result.changes.length - shown.length
    if (left > 0) terminal.note(`and ${counted(left, 'more change')}; --show N or --json lists more`)
    return EXIT_CODES.ok.code
  },
})

interface Change {
  readonly before: { readonly route: string | null }
  readonly after: { readonly route: string | null }
  readonly expected?: string | null
}

function effectOf({ before, after, expected }: Change): 'better' | 'worse' | 'neither' {
  if (expected === undefined) return 'neither'
  if (after.route === expected) return 'better'
  return before.route === expected ? 'worse' : 'neither'
}

function verdict(changes: readonly Change[]): string {
  const labelled = changes.filter((change) => change.expected !== undefined).length
  if (labelled === 0) return ''
  const better = changes.filter((change) => effectOf(change) === 'better').length
  const worse = changes.filter((change) => effectOf(change) === 'worse').length
  const some = labelled < changes.length ? ` of ${labelled}` : ''
  return `: by the labels${some} ${better} for the better, ${worse} for the worse`
}

function markOf(change: Change): { text: string; style: 'green' | 'red' | 'dim' } {
  switch (effectOf(change)) {
    case 'better':
      return { text: '✓ better', style: 'green' }
    case 'worse':
      return { text: '✗ worse', style: 'red' }
    case 'neither':
      return { text: '', style: 'dim' }
  }
}
