import type { FitOutcome, RouteSet, StoredVersion, VersionContent } from '../../contracts/index.ts'
import type { RouteSetVersionsTable } from './schema.ts'

/** What every reading of a version needs. */
export const VERSION_COLUMNS = ['version', 'created_at', 'state', 'share', 'outcome'] as const

/** State, share and outcome of a row, without what is not there. */
export function readState({
  state,
  share,
  outcome,
}: Pick<RouteSetVersionsTable, 'state' | 'share' | 'outcome'>): Pick<
  StoredVersion,
  'state' | 'share' | 'outcome'
> {
  return {
    state,
    ...(share === null ? {} : { share }),
    ...(outcome === null ? {} : { outcome: JSON.parse(outcome) as FitOutcome }),
  }
}

export function readContent({
  body,
  fit_inputs_key: key,
}: Pick<RouteSetVersionsTable, 'body' | 'fit_inputs_key'>): VersionContent {
  return { routeSet: JSON.parse(body) as RouteSet, ...(key === null ? {} : { fitInputsKey: key }) }
}
