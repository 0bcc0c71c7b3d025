/** Tables as Kysely sees them; made by `migrations`. */
export interface Database {
  route_set_versions: RouteSetVersionsTable
  deleted_route_sets: DeletedRouteSetsTable
}

interface RouteSetVersionsTable {
  name: string
  version: number
  /** Number of routes, so that a listing need not read the bodies. */
  routes: number
  /** The RouteSet as JSON. */
  body: string
  /** Milliseconds since the epoch. */
  created_at: number
}

/** One row: the highest version any deleted set had, so that a set made again starts above it. */
interface DeletedRouteSetsTable {
  id: number
  highest_version: number
}
