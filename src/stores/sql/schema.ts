import type { VersionState } from '../../contracts/index.ts'

/** Tables as Kysely sees them; made by `migrations`. */
export interface Database {
  route_set_versions: RouteSetVersionsTable
  deleted_route_sets: DeletedRouteSetsTable
  fit_inputs: FitInputsTable
  feedback: FeedbackTable
}

export interface RouteSetVersionsTable {
  name: string
  version: number
  /** Number of routes, so that a listing need not read the bodies. */
  routes: number
  /** The RouteSet as JSON. */
  body: string
  /** Milliseconds since the epoch. */
  created_at: number
  state: VersionState
  share: number | null
  /** Of a row of `fit_inputs`. */
  fit_inputs_key: string | null
  /** The FitOutcome as JSON. */
  outcome: string | null
}

interface FitInputsTable {
  key: string
  /** The FitInputs as JSON, of feedback id and route only. */
  body: string
}

export interface FeedbackTable {
  id: string
  route_set: string
  text: string
  /** Of the text, as an index of long texts would be large. */
  text_hash: string
  route: string | null
  decision_id: string | null
  /** Milliseconds since the epoch. */
  at: number
}

/** One row: the highest version any deleted set had, so that a set made again starts above it. */
interface DeletedRouteSetsTable {
  id: number
  highest_version: number
}
