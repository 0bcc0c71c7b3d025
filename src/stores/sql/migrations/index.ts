import type { MigrationProvider } from 'kysely/migration'
import { routeSets } from './0001-route-sets.ts'
import { versionStates } from './0002-version-states.ts'
import { decisionRecords } from './0010-decision-records.ts'
import { driftReferences } from './0011-drift-references.ts'

/** Every migration in order. One that has been released is never changed; a new one is added below. */
export const migrations: MigrationProvider = {
  getMigrations: async () => ({
    '0001-route-sets': routeSets,
    '0002-version-states': versionStates,
    '0010-decision-records': decisionRecords,
    '0011-drift-references': driftReferences,
  }),
}
