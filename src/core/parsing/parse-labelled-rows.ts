import type { LabelledText } from '../../contracts/index.ts'
import { joinPath, ProblemList } from './problem-list.ts'
import { type Fields, fieldOf, isFields, readAnyText } from './read-values.ts'

/** What other tools call the route. */
const MISNAMED = ['label', 'intent', 'expected']
const EXPECTED_ROUTE = 'expected the name of a route, or null where no route is right'

/**
 * Checks labelled data: a list of `{ text, route }`, where `route: null` means that no route is right.
 * Other fields of a row are passed over, as recorded decisions carry many.
 * @throws StrataError `invalid_data` with every problem in `details`, by row from 0
 */
export function parseLabelledRows(value: unknown): LabelledText[] {
  const problems = new ProblemList()
  const entries: readonly unknown[] = Array.isArray(value) ? value : []
  if (!Array.isArray(value)) problems.add('', 'expected a list of { text, route }', { got: value })
  const rows: LabelledText[] = []
  for (const [index, entry] of entries.entries()) {
    const row = readLabelledRow(entry, `[${index}]`, problems)
    if (row !== undefined) rows.push(row)
  }
  problems.throwIfAny('invalid_data', 'The labelled data')
  return rows
}

/**
 * One row of labelled data.
 * @throws StrataError `invalid_data` with every problem in `details`
 */
export function parseLabelledRow(value: unknown): LabelledText {
  return parseRow(value, readLabelledRow)
}

/** One message whose route may be unknown; else as `parseLabelledRow`. */
export function parseMessageRow(value: unknown): MessageRow {
  return parseRow(value, readMessageRow)
}

function parseRow<Row>(
  value: unknown,
  read: (value: unknown, path: string, problems: ProblemList) => Row | undefined,
): Row {
  const problems = new ProblemList()
  const row = read(value, '', problems)
  problems.throwIfAny('invalid_data', 'The row')
  return row!
}

/** A text, and the right route where that is known. */
export interface MessageRow {
  readonly text: string
  readonly route?: string | null
}

/** One row, or undefined with what is wrong in `problems`, its fields named from `path` on. */
function readLabelledRow(value: unknown, path: string, problems: ProblemList): LabelledText | undefined {
  const row = readMessageRow(value, path, problems)
  if (!isFields(value) || routeOf(value) !== undefined) return isLabelled(row) ? row : undefined
  const misnamed = MISNAMED.find((name) => Object.hasOwn(value, name))
  if (misnamed === undefined) problems.add(joinPath(path, 'route'), EXPECTED_ROUTE, { got: undefined })
  else problems.add(joinPath(path, misnamed), 'unknown field; name it route', { got: value[misnamed] })
  return undefined
}

/** The same for a row whose route need not be known, as in a recording of traffic. */
function readMessageRow(value: unknown, path: string, problems: ProblemList): MessageRow | undefined {
  if (!isFields(value)) {
    problems.add(path, 'expected an object such as { text: "where is my refund?", route: "billing" }', {
      got: value,
    })
    return undefined
  }
  const text = readAnyText(fieldOf(value, 'text'), joinPath(path, 'text'), problems)
  const route = routeOf(value)
  if (route !== undefined && route !== null && (typeof route !== 'string' || route === '')) {
    problems.add(joinPath(path, 'route'), EXPECTED_ROUTE, { got: route })
    return undefined
  }
  if (text === undefined) return undefined
  return route === undefined ? { text } : { text, route }
}

const routeOf = (fields: Fields): unknown => (Object.hasOwn(fields, 'route') ? fields.route : undefined)

const isLabelled = (row: MessageRow | undefined): row is LabelledText => row?.route !== undefined
