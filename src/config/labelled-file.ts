import type { LabelledText } from '../contracts/index.ts'
import { type MessageRow, parseLabelledRow, parseMessageRow } from '../core/parse-route-set.ts'
import { type ErrorDetail, isStrataError, StrataError } from '../errors/index.ts'
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
  return parseLines(text, file, parseLabelledRow)
}

/** Reads messages whose route need not be known, such as recorded traffic; else as `readLabelledFile`. */
export function readMessageFile(file: string): MessageRow[] {
  return parseLines(readText(file, 'data'), file, parseMessageRow)
}

function parseLines<Row>(text: string, file: string, parseRow: (value: unknown) => Row): Row[] {
  const rows: Row[] = []
  const details: ErrorDetail[] = []
  let bad = 0
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    try {
      rows.push(parseRow(JSON.parse(line)))
    } catch (error) {
      if (++bad > PROBLEMS_SHOWN) continue
      details.push({ path: `${file}:${index + 1}`, message: reasonOf(error), got: shown(line) })
    }
  }
  const first = details[0]
  if (first !== undefined) {
    throw new StrataError(
      'invalid_data',
      `${bad === 1 ? 'A line' : `${bad} lines`} of the data cannot be used; the first is ${first.path}: ${first.message}. ` +
        'Each line must be like {"text": "where is my refund?", "route": "billing"}, with "route": null for out of scope.',
      { details },
    )
  }
  return rows
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'not valid JSON'
  if (!isStrataError(error)) throw error
  return error.details.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')
}
