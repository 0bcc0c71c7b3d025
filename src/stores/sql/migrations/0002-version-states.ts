import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What a version is for, what it was fitted with and how well; until now the highest version was the active one. */
export const versionStates: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await database.schema
      .createTable('fit_inputs')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('body', 'text', (column) => column.notNull())
      .execute()
    // One statement a column, as SQLite adds one at a time.
    const table = database.schema.alterTable('route_set_versions')
    await table.addColumn('state', 'text', (column) => column.notNull().defaultTo('superseded')).execute()
    await table.addColumn('share', 'double precision').execute()
    await table.addColumn('fit_inputs_key', 'text').execute()
    await table.addColumn('outcome', 'text').execute()
    await sql`
      update route_set_versions set state = 'active'
      where version = (select max(version) from route_set_versions as other where other.name = route_set_versions.name)
    `.execute(database)
    // However many processes write, a set has one version of each of these states.
    await sql`
      create unique index route_set_versions_in_use on route_set_versions (name, state)
      where state in ('active', 'shadow', 'canary')
    `.execute(database)
    await database.schema
      .createIndex('route_set_versions_fit_inputs')
      .on('route_set_versions')
      .column('fit_inputs_key')
      .execute()
  },
}
