import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What usual decisions of each snapshot look like. */
export const driftReferences: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await database.schema
      .createTable('drift_references')
      .addColumn('route_set', 'text', (column) => column.notNull())
      .addColumn('snapshot', 'text', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('drift_references_key', ['route_set', 'snapshot'])
      .execute()
  },
}
