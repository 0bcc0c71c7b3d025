import { type Kysely, sql, type Transaction } from 'kysely'
import type {
  Clock,
  RouteSet,
  RouteStore,
  StoredRouteSet,
  StoredRouteSetSummary,
  WriteCondition,
} from '../../contracts/index.ts'
import { isStrataError, StrataError } from '../../errors/index.ts'
import type { Database } from './schema.ts'

export interface SqlRouteStoreOptions {
  readonly clock: Pick<Clock, 'now'>
  /** Versions of each set to keep, the current one included; integer >= 1. */
  readonly versionsKept: number
}

/** Route sets in a SQL database whose tables are up to date (see `migrations`). */
export class SqlRouteStore implements RouteStore {
  readonly #database: Kysely<Database>
  readonly #options: SqlRouteStoreOptions

  constructor(database: Kysely<Database>, options: SqlRouteStoreOptions) {
    this.#database = database
    this.#options = options
  }

  list(): Promise<readonly StoredRouteSetSummary[]> {
    return attempt('list the route sets', async () => {
      const rows = await this.#database
        .selectFrom('route_set_versions as current')
        .select(['name', 'version', 'routes', 'created_at as createdAt'])
        .where('version', '=', (query) =>
          query
            .selectFrom('route_set_versions as other')
            .select((expression) => expression.fn.max('other.version').as('highest'))
            .whereRef('other.name', '=', 'current.name'),
        )
        .orderBy('name')
        .execute()
      return rows.map((row) => ({ ...row, createdAt: Number(row.createdAt) }))
    })
  }

  get(name: string, version?: number): Promise<StoredRouteSet | null> {
    return attempt(`read the route set ${name}`, async () => {
      let query = this.#database
        .selectFrom('route_set_versions')
        .select(['version', 'body', 'created_at'])
        .where('name', '=', name)
      if (version !== undefined) query = query.where('version', '=', version)
      const row = await query.orderBy('version', 'desc').limit(1).executeTakeFirst()
      if (row === undefined) return null
      return {
        name,
        version: row.version,
        routeSet: JSON.parse(row.body) as RouteSet,
        createdAt: Number(row.created_at),
      }
    })
  }

  versions(name: string): Promise<readonly Omit<StoredRouteSetSummary, 'name'>[]> {
    return attempt(`list the versions of ${name}`, async () => {
      const rows = await this.#database
        .selectFrom('route_set_versions')
        .select(['version', 'routes', 'created_at as createdAt'])
        .where('name', '=', name)
        .orderBy('version', 'desc')
        .execute()
      return rows.map((row) => ({ ...row, createdAt: Number(row.createdAt) }))
    })
  }

  put(name: string, routeSet: RouteSet, condition: WriteCondition = {}): Promise<StoredRouteSet> {
    return attempt(`write the route set ${name}`, () =>
      this.#database.transaction().execute(async (transaction) => {
        const current = await currentVersion(transaction, name)
        checkCondition(name, current, condition)
        const version = (current === 0 ? await highestDeletedVersion(transaction) : current) + 1
        const createdAt = this.#options.clock.now()
        await transaction
          .insertInto('route_set_versions')
          .values({
            name,
            version,
            routes: routeSet.routes.length,
            body: JSON.stringify(routeSet),
            created_at: createdAt,
          })
          .execute()
        await transaction
          .deleteFrom('route_set_versions')
          .where('name', '=', name)
          .where('version', '<=', version - this.#options.versionsKept)
          .execute()
        return { name, version, routeSet, createdAt }
      }),
    )
  }

  delete(name: string, condition: WriteCondition = {}): Promise<boolean> {
    return attempt(`delete the route set ${name}`, () =>
      this.#database.transaction().execute(async (transaction) => {
        const current = await currentVersion(transaction, name)
        checkCondition(name, current, condition)
        if (current === 0) return false
        const highest = Math.max(current, await highestDeletedVersion(transaction))
        await transaction
          .insertInto('deleted_route_sets')
          .values({ id: 1, highest_version: highest })
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ highest_version: highest }))
          .execute()
        await transaction.deleteFrom('route_set_versions').where('name', '=', name).execute()
        return true
      }),
    )
  }

  check(): Promise<void> {
    return attempt('answer', async () => {
      await sql`select 1`.execute(this.#database)
    })
  }

  close(): Promise<void> {
    return this.#database.destroy()
  }
}

async function currentVersion(transaction: Transaction<Database>, name: string): Promise<number> {
  const row = await transaction
    .selectFrom('route_set_versions')
    .select((expression) => expression.fn.max('version').as('version'))
    .where('name', '=', name)
    .executeTakeFirst()
  return Number(row?.version ?? 0)
}

async function highestDeletedVersion(transaction: Transaction<Database>): Promise<number> {
  const row = await transaction.selectFrom('deleted_route_sets').select('highest_version').executeTakeFirst()
  return row?.highest_version ?? 0
}

function checkCondition(name: string, current: number, { expectedVersion }: WriteCondition): void {
  if (expectedVersion === undefined || expectedVersion === current) return
  throw new StrataError(
    'version_conflict',
    `The route set ${name} is at version ${current}, not ${expectedVersion}; read it again, redo the change, and send the new version.`,
  )
}

async function attempt<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (isStrataError(error)) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new StrataError('storage_failed', `The database could not ${what}: ${reason}`, { cause: error })
  }
}
