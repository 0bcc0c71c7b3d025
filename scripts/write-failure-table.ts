// Writes into docs/guides/resilience.md what callers see of each fault, as the tests have it: node scripts/write-failure-table.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FAILURE_MODES, type FailureMode, type Seen } from '../tests/gateway/failure-modes.ts'

export const resilienceGuide = join(import.meta.dirname, '../docs/guides/resilience.md')

const START = '<!-- generated: faults -->\n'
const END = '<!-- end -->'

/** The guide with its table as `FAILURE_MODES` has it. */
export function withFailureTable(guide: string): string {
  const start = guide.indexOf(START)
  const end = guide.indexOf(END, start)
  if (start < 0 || end < 0) throw new Error(`expected ${START.trim()} and ${END} in the guide`)
  return guide.slice(0, start + START.length) + failureTable() + guide.slice(end)
}

function failureTable(): string {
  const head = ['what the provider does', 'whole answer', 'streamed answer', 'a fallback is asked']
  const rows = [head, head.map(() => '---'), ...FAILURE_MODES.map(rowOf)]
  return rows.map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}

const rowOf = ({ fault, whole, streamed }: FailureMode): string[] => [
  fault,
  told(whole.seen),
  told(streamed.seen),
  asksFallback(whole.seen) === asksFallback(streamed.seen)
    ? yesNo(whole.seen)
    : `whole ${yesNo(whole.seen)}, streamed ${yesNo(streamed.seen)}`,
]

function told(seen: Seen): string {
  if ('brokenOff' in seen) return `200, what came, an error event \`${seen.brokenOff}\``
  const { status, code, retryAfterSeconds, isProviderBody, calls } = seen
  return [
    `${status} ${isProviderBody ? 'with the provider’s own body' : `\`${code}\``}`,
    ...(retryAfterSeconds === undefined ? [] : [`\`retry-after: ${retryAfterSeconds}\``]),
    `${calls} ${calls === 1 ? 'call' : 'calls'}`,
  ].join(', ')
}

const asksFallback = (seen: Seen): boolean => 'isWorthFallback' in seen && seen.isWorthFallback
const yesNo = (seen: Seen): string => (asksFallback(seen) ? 'yes' : 'no')

if (import.meta.main) {
  writeFileSync(resilienceGuide, withFailureTable(readFileSync(resilienceGuide, 'utf8')))
}
