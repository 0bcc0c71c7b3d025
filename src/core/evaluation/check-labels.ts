import type { LabelledText } from '../../contracts/index.ts'
import { type ErrorDetail, StrataError } from '../../errors/index.ts'
import { nearestName } from '../../util/nearest-name.ts'

/** Wrong labels that the error names; each is named once. */
const MAX_NAMED = 20

/**
 * @throws StrataError `invalid_data` when a label names a route that does not exist: the row (from 1), the label and
 *   the nearest route
 */
export function checkLabels(rows: readonly LabelledText[], routes: Iterable<string>): void {
  const known = new Set(routes)
  const unknown = new Map<string, { row: number; count: number }>()
  for (const [index, { route }] of rows.entries()) {
    if (route === null || known.has(route)) continue
    const seen = unknown.get(route)
    if (seen === undefined) unknown.set(route, { row: index + 1, count: 1 })
    else seen.count++
  }
  if (unknown.size === 0) return
  const details: ErrorDetail[] = [...unknown].slice(0, MAX_NAMED).map(([label, { row, count }]) => {
    const nearest = nearestName(label, known)
    const remedy = nearest === undefined ? 'write null if no route is right' : `did you mean ${nearest}?`
    return {
      path: `row ${row}`,
      message: `there is no route "${shortened(label)}"; ${remedy}${count === 1 ? '' : ` (${count} rows)`}`,
      got: shortened(label),
      ...(nearest === undefined ? {} : { nearest }),
    }
  })
  const first = details[0]!
  const wrong = [...unknown.values()].reduce((sum, { count }) => sum + count, 0)
  throw new StrataError(
    'invalid_data',
    `${wrong} of ${rows.length} rows ${wrong === 1 ? 'names a route' : 'name routes'} that the set does not have. First, ${first.path}: ${first.message}`,
    { details },
  )
}

const shortened = (label: string): string => label.slice(0, 80)
