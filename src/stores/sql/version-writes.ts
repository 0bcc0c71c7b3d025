import type { Transaction } from 'kysely'
import type { VersionState } from '../../contracts/index.ts'
import { StrataError } from '../../errors/index.ts'
import type { Database } from './schema.ts'

// Steps of the transactions that write versions.

/** The version that decides; 0 when there is none. */
export async function activeVersion(transaction: Transaction<Database>, name: string): Promise<number> {
  const row = await transaction
    .selectFrom('route_set_versions')
    .select('version')
    .where('name', '=', name)
    .where('state', '=', 'active')
    .executeTakeFirst()
  return row?.version ?? 0
}

/** @throws StrataError `version_conflict` */
export async function assertActiveVersion(
  transaction: Transaction<Database>,
  name: string,
  expectedVersion: number | undefined,
): Promise<void> {
  if (expectedVersion === undefined) return
  const active = await activeVersion(transaction, name)
  if (active === expectedVersion) return
  throw new StrataError(
    'version_conflict',
    `The route set ${name} is at version ${active}, not ${expectedVersion}; read it again, redo the change, and send the new version.`,
  )
}

/** The highest version the set has, or that any deleted set had. */
export async function highestVersion(transaction: Transaction<Database>, name: string): Promise<number> {
  const row = await transaction
    .selectFrom('route_set_versions')
    .select((expression) => expression.fn.max('version').as('version'))
    .where('name', '=', name)
    .executeTakeFirst()
  return Number(row?.version ?? 0) || highestDeletedVersion(transaction)
}

async function highestDeletedVersion(transaction: Transaction<Database>): Promise<number> {
  const row = await transaction.selectFrom('deleted_route_sets').select('highest_version').executeTakeFirst()
  return row?.highest_version ?? 0
}

/** Has sets that are made again start above `version`. */
export async function rememberHighest(transaction: Transaction<Database>, version: number): Promise<void> {
  const highest = Math.max(version, await highestDeletedVersion(transaction))
  await transaction
    .insertInto('deleted_route_sets')
    .values({ id: 1, highest_version: highest })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ highest_version: highest }))
    .execute()
}

/** Frees a state that only one version of a set can have. */
export async function supersede(
  transaction: Transaction<Database>,
  name: string,
  state: VersionState,
): Promise<void> {
  if (state === 'candidate' || state === 'superseded') return
  await transaction
    .updateTable('route_set_versions')
    .set({ state: 'superseded', share: null })
    .where('name', '=', name)
    .where('state', '=', state)
    .execute()
}

/** Of what is candidate or superseded, the versions beyond the newest `kept` - 1, as the active one is kept too. */
export async function oldVersions(
  transaction: Transaction<Database>,
  name: string,
  kept: number,
): Promise<number[]> {
  const rows = await transaction
    .selectFrom('route_set_versions')
    .select('version')
    .where('name', '=', name)
    .where('state', 'in', ['candidate', 'superseded'])
    .orderBy('version', 'desc')
    .execute()
  return rows.slice(kept - 1).map(({ version }) => version)
}

/** Deletes versions, and the fit inputs that no other version names. */
export async function deleteVersions(
  transaction: Transaction<Database>,
  name: string,
  versions: readonly number[] | 'all',
): Promise<void> {
  if (versions.length === 0) return
  let query = transaction.deleteFrom('route_set_versions').where('name', '=', name)
  if (versions !== 'all') query = query.where('version', 'in', versions)
  const deleted = await query.returning('fit_inputs_key').execute()
  const keys = deleted.flatMap(({ fit_inputs_key: key }) => (key === null ? [] : [key]))
  if (keys.length === 0) return
  await transaction
    .deleteFrom('fit_inputs')
    .where('key', 'in', keys)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('route_set_versions')
            .select('version')
            .whereRef('route_set_versions.fit_inputs_key', '=', 'fit_inputs.key'),
        ),
      ),
    )
    .execute()
}
