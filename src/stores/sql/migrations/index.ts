import type { MigrationProvider } from 'kysely/migration'
import { routeSets } from './0001-route-sets.ts'
import { versionStates } from './0002-version-states.ts'
import { decisionRecords } from './0010-decision-records.ts'
import { driftReferences } from './0011-drift-references.ts'
import { access } from './0020-access.ts'
import type { DatabaseKind } from './database-kind.ts'

/** Every migration in order. One that has been released is never changed; a new one is added below. */
export function migrationsFor(kind: DatabaseKind): MigrationProvider {
  return {
    getMigrations: async () => ({
      '0001-route-sets': routeSets,
      '0002-version-states': versionStates,
      '0010-decision-records': decisionRecords(kind),
      '0011-drift-references': driftReferences,
      '0020-access': access,
    }),
  }
}
