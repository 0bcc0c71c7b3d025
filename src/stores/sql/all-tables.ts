import type { AccessDatabase } from './access-schema.ts'
import type { RecordDatabase } from './decision-record-schema.ts'

/** Every table of a database, as Kysely sees them. */
export interface AllTables extends AccessDatabase, RecordDatabase {}
