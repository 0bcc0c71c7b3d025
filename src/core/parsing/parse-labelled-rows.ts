import type { LabelledText } from '../../contracts/index.ts'
import { ProblemList } from './problem-list.ts'
import { fieldOf, isFields, readAnyText } from './read-values.ts'

const ROW_FIELDS = ['text', 'route']

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
    const row = readRow(entry, `[${index}]`, problems)
    if (row !== undefined) rows.push(row)
  }
  problems.throwIfAny('invalid_data', 'The labelled data')
  return rows
}

function readRow(value: unknown, path: string, problems: ProblemList): LabelledText | undefined {
  if (!isFields(value)) {
    problems.add(path, 'expected an object such as { text: "where is my refund?", route: "billing" }', {
      got: value,
    })
    return undefined
  }
  const text = readAnyText(fieldOf(value, 'text'), `${path}.text`, problems)
  const route = Object.hasOwn(value, 'route') ? value.route : undefined
  if (route === null || (typeof route === 'string' && route !== ''))
    return text === undefined ? undefined : { text, route }
  const misnamed = Object.keys(value).find((name) => ['label', 'intent', 'expected'].includes(name))
  if (route === undefined && misnamed !== undefined)
    problems.unknownField(path, misnamed, value[misnamed], ROW_FIELDS)
  problems.add(`${path}.route`, 'expected the name of a route, or null where no route is right', {
    got: route,
  })
  return undefined
}
