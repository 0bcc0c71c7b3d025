import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  PostgresAdapter,
  PostgresDialect,
  PostgresDriver,
  type PostgresPool,
  PostgresQueryCompiler,
  type TransactionSettings,
} from 'kysely'

/** Any number that nothing else locks: "strata" on a telephone. */
const WRITE_LOCK = 787_282

interface PostgresDialectOptions {
  readonly pool: PostgresPool
  /** Whether transactions come one after the other, those of other processes too, as they do in SQLite. */
  readonly oneAtATime: boolean
}

/** Kysely over `pg`. */
export function postgresDialect({ pool, oneAtATime }: PostgresDialectOptions): Dialect {
  const dialect = new PostgresDialect({ pool })
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => (oneAtATime ? new SerialDriver({ pool }) : new PostgresDriver({ pool })),
    createIntrospector: (kysely) => dialect.createIntrospector(kysely),
    createQueryCompiler: () => new WithoutNul(),
  }
}

/** Takes a lock of the whole database when a transaction begins, which its end gives back. */
class SerialDriver extends PostgresDriver {
  override async beginTransaction(
    connection: DatabaseConnection,
    settings: TransactionSettings,
  ): Promise<void> {
    await super.beginTransaction(connection, settings)
    await connection.executeQuery(CompiledQuery.raw('select pg_advisory_xact_lock($1)', [WRITE_LOCK]))
  }
}

/** A text with a zero character, which PostgreSQL does not take, is kept with U+FFFD in its place. */
class WithoutNul extends PostgresQueryCompiler {
  protected override appendValue(value: unknown): void {
    super.appendValue(
      typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\u{fffd}') : value,
    )
  }
}
