import { type Kysely, sql, type Transaction } from 'kysely'
import type {
  Clock,
  FitInputs,
  FitOutcome,
  RouteStore,
  StateChange,
  StoredRouteSet,
  StoredRouteSetSummary,
  StoredTrial,
  StoredVersion,
  VersionContent,
  VersionState,
  WriteCondition,
} from '../../contracts/index.ts'
import { StrataError } from '../../errors/index.ts'
import { readFitInputs, withoutDeleted, writeFitInputs } from './fit-input-rows.ts'
import type { Database } from './schema.ts'
import type { StorageAttempt } from './storage-attempt.ts'
import { readContent, readState, VERSION_COLUMNS } from './version-rows.ts'
import {
  activeVersion,
  assertActiveVersion,
  deleteVersions,
  highestVersion,
  oldVersions,
  rememberHighest,
  supersede,
} from './version-writes.ts'

export interface SqlRouteStoreOptions {
  readonly clock: Pick<Clock, 'now'>
  /** Versions of each set to keep, the active one included; integer >= 1. */
  readonly versionsKept: number
}

/** Route sets in a SQL database whose tables are up to date (see `migrations`). */
export class SqlRouteStore implements RouteStore {
  readonly #database: Kysely<Database>
  readonly #attempt: StorageAttempt
  readonly #options: SqlRouteStoreOptions

  constructor(database: Kysely<Database>, attempt: StorageAttempt, options: SqlRouteStoreOptions) {
    this.#database = database
    this.#attempt = attempt
    this.#options = options
  }

  list(): Promise<readonly StoredRouteSetSummary[]> {
    return this.#attempt('list the route sets', async () => {
      const rows = await this.#database
        .selectFrom('route_set_versions')
        .select(['name', 'version', 'routes', 'created_at as createdAt'])
        .where('state', '=', 'active')
        .orderBy('name')
        .execute()
      return rows.map((row) => ({ ...row, createdAt: Number(row.createdAt) }))
    })
  }

  get(name: string, version?: number): Promise<StoredRouteSet | null> {
    return this.#attempt(`read the route set ${name}`, async () => {
      const row = await this.#database
        .selectFrom('route_set_versions')
        .select([...VERSION_COLUMNS, 'body', 'fit_inputs_key'])
        .where('name', '=', name)
        .where((where) =>
          version === undefined ? where('state', '=', 'active') : where('version', '=', version),
        )
        .executeTakeFirst()
      if (row === undefined) return null
      return {
        name,
        version: row.version,
        ...readContent(row),
        ...readState(row),
        createdAt: Number(row.created_at),
      }
    })
  }

  versions(name: string): Promise<readonly StoredVersion[]> {
    return this.#attempt(`list the versions of ${name}`, async () => {
      const rows = await this.#database
        .selectFrom('route_set_versions')
        .select([...VERSION_COLUMNS, 'routes'])
        .where('name', '=', name)
        .orderBy('version', 'desc')
        .execute()
      return rows.map((row) => ({
        version: row.version,
        routes: row.routes,
        createdAt: Number(row.created_at),
        ...readState(row),
      }))
    })
  }

  trials(name: string): Promise<readonly StoredTrial[]> {
    return this.#attempt(`list what is tried out of ${name}`, async () => {
      const rows = await this.#database
        .selectFrom('route_set_versions')
        .select(['version', 'state', 'share'])
        .where('name', '=', name)
        .where('state', 'in', ['shadow', 'canary'])
        .orderBy('version')
        .execute()
      return rows.map((row) => ({ ...row, share: row.share ?? 1 }))
    })
  }

  fitInputs(key: string): Promise<FitInputs | null> {
    return this.#attempt('read the fit inputs of a version', () => readFitInputs(this.#database, key))
  }

  put(
    name: string,
    content: VersionContent,
    { expectedVersion, state = 'active', share, fitInputs }: Parameters<RouteStore['put']>[2] = {},
  ): Promise<StoredRouteSet> {
    return this.#attempt(`write the route set ${name}`, () =>
      this.#database.transaction().execute(async (transaction) => {
        await assertActiveVersion(transaction, name, expectedVersion)
        let { outcome } = content
        if (fitInputs !== undefined) {
          await writeFitInputs(transaction, fitInputs)
          if (outcome) outcome = await withoutDeleted(transaction, outcome, fitInputs.inputs)
        }
        return this.#add(transaction, name, { ...content, ...(outcome ? { outcome } : {}) }, { state, share })
      }),
    )
  }

  restore(
    name: string,
    version: number,
    { expectedVersion }: WriteCondition = {},
  ): Promise<StoredRouteSet | null> {
    return this.#attempt(`restore version ${version} of ${name}`, () =>
      this.#database.transaction().execute(async (transaction) => {
        await assertActiveVersion(transaction, name, expectedVersion)
        const row = await transaction
          .selectFrom('route_set_versions')
          .select(['body', 'fit_inputs_key', 'outcome'])
          .where('name', '=', name)
          .where('version', '=', version)
          .executeTakeFirst()
        if (row === undefined) return null
        const outcome = row.outcome === null ? {} : { outcome: JSON.parse(row.outcome) as FitOutcome }
        return this.#add(transaction, name, { ...readContent(row), ...outcome }, { state: 'active' })
      }),
    )
  }

  /** Writes the next version and deletes those that are too many. */
  async #add(
    transaction: Transaction<Database>,
    name: string,
    content: VersionContent,
    { state, share }: { readonly state: VersionState; readonly share?: number | undefined },
  ): Promise<StoredRouteSet> {
    const version = (await highestVersion(transaction, name)) + 1
    const createdAt = this.#options.clock.now()
    await supersede(transaction, name, state)
    await transaction
      .insertInto('route_set_versions')
      .values({
        name,
        version,
        routes: content.routeSet.routes.length,
        body: JSON.stringify(content.routeSet),
        created_at: createdAt,
        state,
        share: share ?? null,
        fit_inputs_key: content.fitInputsKey ?? null,
        outcome: content.outcome === undefined ? null : JSON.stringify(content.outcome),
      })
      .execute()
    const old = await oldVersions(transaction, name, this.#options.versionsKept)
    await deleteVersions(
      transaction,
      name,
      old.filter((other) => other !== version),
    )
    return { ...content, name, version, state, ...(share === undefined ? {} : { share }), createdAt }
  }

  setState(
    name: string,
    version: number,
    { state, share }: StateChange,
    { expectedVersion }: WriteCondition = {},
  ): Promise<boolean> {
    return this.#attempt(`change the state of a version of ${name}`, () =>
      this.#database.transaction().execute(async (transaction) => {
        await assertActiveVersion(transaction, name, expectedVersion)
        const row = await transaction
          .selectFrom('route_set_versions')
          .select('state')
          .where('name', '=', name)
          .where('version', '=', version)
          .executeTakeFirst()
        if (row === undefined) return false
        if (row.state === 'active' && state !== 'active') {
          throw new StrataError(
            'invalid_request',
            `Version ${version} of ${name} decides now; make another version active instead.`,
          )
        }
        if (row.state !== state) await supersede(transaction, name, state)
        await transaction
          .updateTable('route_set_versions')
          .set({ state, share: share ?? null })
          .where('name', '=', name)
          .where('version', '=', version)
          .execute()
        return true
      }),
    )
  }

  delete(name: string, { expectedVersion }: WriteCondition = {}): Promise<boolean> {
    return this.#attempt(`delete the route set ${name}`, () =>
      this.#database.transaction().execute(async (transaction) => {
        await assertActiveVersion(transaction, name, expectedVersion)
        if ((await activeVersion(transaction, name)) === 0) return false
        await rememberHighest(transaction, await highestVersion(transaction, name))
        await deleteVersions(transaction, name, 'all')
        return true
      }),
    )
  }

  check(): Promise<void> {
    return this.#attempt('answer', async () => {
      await sql`select 1`.execute(this.#database)
    })
  }

  close(): Promise<void> {
    return this.#database.destroy()
  }
}
