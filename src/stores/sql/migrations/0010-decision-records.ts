import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { DatabaseKind } from './database-kind.ts'

/** Recorded decisions, the salt of their hashes, and feedback. */
export const decisionRecords = (kind: DatabaseKind): Migration => ({
  async up(database: Kysely<unknown>): Promise<void> {
    await database.schema
      .createTable('decision_records')
      // The two have different words for a number that grows with every row.
      .addColumn('sequence', kind === 'sqlite' ? 'integer' : 'bigserial', (column) =>
        kind === 'sqlite' ? column.primaryKey().autoIncrement() : column.primaryKey(),
      )
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('route_set', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('snapshot', 'text', (column) => column.notNull())
      .addColumn('route', 'text')
      .addColumn('confidence', 'double precision', (column) => column.notNull())
      .addColumn('out_of_scope', 'double precision', (column) => column.notNull())
      .addColumn('threshold', 'double precision', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('candidates', 'text', (column) => column.notNull())
      .addColumn('latency_us', 'double precision', (column) => column.notNull())
      .addColumn('text', 'text')
      .addColumn('text_hash', 'text')
      .execute()
    await database.schema
      .createIndex('decision_records_by_time')
      .on('decision_records')
      .columns(['at', 'sequence'])
      .execute()
    await database.schema
      .createTable('recording_salt')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('salt', 'text', (column) => column.notNull())
      .execute()
    await database.schema
      .createTable('feedback')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('route_set', 'text', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addColumn('text_hash', 'text', (column) => column.notNull())
      .addColumn('route', 'text')
      .addColumn('decision_id', 'text')
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addUniqueConstraint('feedback_text', ['route_set', 'text_hash'])
      .execute()
    await database.schema
      .createIndex('feedback_by_time')
      .on('feedback')
      .columns(['route_set', 'at', 'id'])
      .execute()
    await database.schema.createIndex('feedback_of_all').on('feedback').columns(['at', 'id']).execute()
  },
})
