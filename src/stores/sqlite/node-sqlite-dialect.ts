import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from 'kysely'

/** Kysely over Node's own SQLite; queries run synchronously on the calling thread. */
export function nodeSqliteDialect(database: DatabaseSync): Dialect {
  const adapted = adapt(database)
  const dialect = new SqliteDialect({ database: adapted })
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: (): Driver => new ImmediateDriver({ database: adapted }),
    createIntrospector: (kysely) => dialect.createIntrospector(kysely),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  }
}

/**
 * Takes the write lock when a transaction begins. A plain `begin` takes it at the first write, where SQLite does
 * not wait for another process but fails if that wrote since.
 */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

function adapt(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare(text) {
      const statement = database.prepare(text)
      return {
        // `columns()` would tell, but Node 22.13 does not have it; these are the shapes that Kysely writes.
        reader: /^\s*(select|with|pragma)\b|\breturning\b/i.test(text),
        all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
        iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
      }
    },
  }
}
