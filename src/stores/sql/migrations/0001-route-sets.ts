import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const routeSets: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await database.schema
      .createTable('route_set_versions')
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('routes', 'integer', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('route_set_versions_key', ['name', 'version'])
      .execute()
    await database.schema
      .createTable('deleted_route_sets')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('highest_version', 'integer', (column) => column.notNull())
      .execute()
  },
}
