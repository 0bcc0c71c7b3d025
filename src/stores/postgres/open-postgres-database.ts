import { Kysely } from 'kysely'
import { StrataError } from '../../errors/index.ts'
import type { AllTables } from '../sql/all-tables.ts'
import { postgresDialect } from './postgres-dialect.ts'

type Pg = typeof import('pg')['default']

interface PostgresOptions {
  /** `postgresql://…` */
  readonly address: string
  /** Connections that may be open at once. */
  readonly connections: number
  /** Whether transactions come one after the other, those of other processes too. */
  readonly oneAtATime: boolean
}

const CONNECT_TIMEOUT_MS = 5000
const QUERY_TIMEOUT_MS = 10_000
/** Types of PostgreSQL, by number: `bigint`, and `numeric`, which sums of it are. */
const LARGE_NUMBERS = [20, 1700]

/** Makes a pool for queries by Kysely; nothing is connected before the first. */
export async function openPostgresDatabase({
  address,
  connections,
  oneAtATime,
}: PostgresOptions): Promise<Kysely<AllTables>> {
  const { Pool, types } = await importPg()
  const pool = new Pool({
    connectionString: address,
    max: connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'stratarouter',
    types: {
      // As numbers, where `pg` has strings: nothing that is kept reaches 2^53.
      getTypeParser: (type: number, format?: 'text' | 'binary') =>
        LARGE_NUMBERS.includes(type) ? Number : types.getTypeParser(type, format as 'text'),
    },
  })
  // A connection that breaks while no query is under way on it would end the process. The pool makes another, and a query that
  // cannot be made says so itself.
  pool.on('error', noted)
  pool.on('connect', (client) => client.on('error', noted))
  return new Kysely<AllTables>({ dialect: postgresDialect({ pool, oneAtATime }) })
}

/** Nothing more is to be done. */
const noted = (): void => {}

/** What a person may see of an address: no password, no options. */
export function shownAddress(address: string): string {
  if (!URL.canParse(address)) return 'postgresql://…'
  const { username, host, pathname } = new URL(address)
  return `postgresql://${username === '' ? '' : `${username}@`}${host}${pathname}`
}

export function unusableServer(address: string, cause: unknown, what: string): StrataError {
  return new StrataError(
    'storage_failed',
    `The database ${shownAddress(address)} is not usable: ${what} (${reasonOf(cause)}). Start it, let the user make tables in it, ` +
      'or name another with database.primary (DATABASE_URL).',
    { cause },
  )
}

/** An address with several hosts behind it fails with several reasons. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0])
  return cause instanceof Error ? cause.message : String(cause)
}

/** @throws StrataError `invalid_configuration` saying what to install */
async function importPg(): Promise<Pg> {
  try {
    // Older releases have no other export.
    return (await import('pg')).default
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] as string) : String(error)
    throw new StrataError(
      'invalid_configuration',
      `Expected the package pg, which speaks to PostgreSQL and is not part of this one, but ${reason}. Install it beside stratarouter: npm install pg`,
      { cause: error },
    )
  }
}
