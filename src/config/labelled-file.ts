import type { LabelledText } from '../contracts/index.ts'
import { type ErrorDetail, StrataError } from '../errors/index.ts'
import { readText } from './parse-document.ts'
import { shown } from './problems.ts'

const PROBLEMS_SHOWN = 20

/**
 * Reads labelled data: JSONL of `{"text": "...", "route": "name" | null}`; blank lines are passed over.
 * @throws StrataError `file_not_found`, or `invalid_data` naming the bad lines (the first 20)
 */
export function readLabelledFile(file: string): LabelledText[] {
  return parseLabelledText(readText(file, 'labelled data'), file)
}

/** The same for a text in hand; `file` is only named in errors. */
export function parseLabelledText(text: string, file: string): LabelledText[] {
  const rows: LabelledText[] = []
  const details: ErrorDetail[] = []
  let problems = 0
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const row = readRow(line)
    if (typeof row !== 'string') rows.push(row)
    else if (++problems <= PROBLEMS_SHOWN) {
      details.push({ path: `${file}:${index + 1}`, message: row, got: shown(line) })
    }
  }
  if (problems > 0) {
    const first = details[0] as ErrorDetail
    throw new StrataError(
      'invalid_data',
      `${problems === 1 ? 'A line' : `${problems} lines`} of the labelled data cannot be used; the first is ${first.path}: ${first.message}. ` +
        'Each line must be like {"text": "where is my refund?", "route": "billing"}, with "route": null for out of scope.',
      { details },
    )
  }
  return rows
}

function readRow(line: string): LabelledText | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'not valid JSON'
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not an object'
  const { text, route } = value as { text?: unknown; route?: unknown }
  if (typeof text !== 'string') return '"text" must be text'
  if (route !== null && typeof route !== 'string') return '"route" must be the name of a route, or null'
  return { text, route }
}
