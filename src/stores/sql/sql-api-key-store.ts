import type { Kysely, Selectable, Transaction } from 'kysely'
import type {
  ApiKey,
  ApiKeyChanges,
  ApiKeySettings,
  ApiKeyStore,
  AuditActor,
  StoredApiKey,
} from '../../contracts/index.ts'
import type { AccessDatabase, ApiKeysTable } from './access-schema.ts'
import { appendToAudit } from './audit-chain.ts'
import type { StorageAttempt } from './storage-attempt.ts'

/** API keys in a SQL database whose transactions come one after the other. */
export class SqlApiKeyStore implements ApiKeyStore {
  readonly #database: Kysely<AccessDatabase>
  readonly #uses: Kysely<AccessDatabase>
  readonly #attempt: StorageAttempt

  /** @param uses the same tables on a connection that waits neither for the disk nor for other writers, for what goes on while serving */
  constructor(database: Kysely<AccessDatabase>, uses: Kysely<AccessDatabase>, attempt: StorageAttempt) {
    this.#database = database
    this.#uses = uses
    this.#attempt = attempt
  }

  create(key: StoredApiKey, by: AuditActor): Promise<void> {
    const { id, hash, prefix, createdAt, revokedAt, lastUsedAt, ...settings } = key
    return this.#attempt('keep an API key', () =>
      this.#database.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('api_keys')
          .values({
            id,
            revision: await nextRevision(transaction),
            tenant: key.tenant,
            hash,
            prefix,
            settings: JSON.stringify(settings),
            created_at: createdAt,
            revoked_at: revokedAt,
            last_used_at: lastUsedAt,
          })
          .execute()
        const event = { ...by, action: 'key.create', subject: id, payload: settings }
        await appendToAudit(transaction, event, createdAt)
      }),
    )
  }

  list(tenant?: string): Promise<readonly ApiKey[]> {
    return this.#attempt('list the API keys', async () => {
      let query = this.#database.selectFrom('api_keys').selectAll()
      if (tenant !== undefined) query = query.where('tenant', '=', tenant)
      const rows = await query.orderBy('created_at', 'desc').orderBy('id').execute()
      return rows.map(keyOf)
    })
  }

  get(id: string): Promise<ApiKey | null> {
    return this.#attempt('read an API key', async () => {
      const row = await rowOf(this.#database, id)
      return row === undefined ? null : keyOf(row)
    })
  }

  revoke(id: string, at: number, by: AuditActor, tenant?: string): Promise<ApiKey | null> {
    return this.#attempt('revoke an API key', () =>
      this.#database.transaction().execute(async (transaction) => {
        const row = await rowOf(transaction, id)
        if (row === undefined || (tenant !== undefined && row.tenant !== tenant)) return null
        if (row.revoked_at !== null) return keyOf(row)
        await transaction
          .updateTable('api_keys')
          .set({ revoked_at: at, revision: await nextRevision(transaction) })
          .where('id', '=', id)
          .execute()
        await appendToAudit(transaction, { ...by, action: 'key.revoke', subject: id, payload: null }, at)
        return { ...keyOf(row), revokedAt: at }
      }),
    )
  }

  changesSince(revision: number): Promise<ApiKeyChanges> {
    return this.#attempt('read the API keys', async () => {
      const rows = await this.#uses
        .selectFrom('api_keys')
        .selectAll()
        .where('revision', '>', revision)
        .orderBy('revision')
        .execute()
      return {
        revision: rows.at(-1)?.revision ?? revision,
        keys: rows.map((row) => ({ ...keyOf(row), hash: row.hash })),
      }
    })
  }

  touch(lastUsedAt: ReadonlyMap<string, number>): Promise<void> {
    return this.#attempt('note when API keys were used', () =>
      this.#uses.transaction().execute(async (transaction) => {
        for (const [id, at] of lastUsedAt) {
          await transaction
            .updateTable('api_keys')
            .set({ last_used_at: at })
            .where('id', '=', id)
            .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<', at)]))
            .execute()
        }
      }),
    )
  }
}

/** One more than the highest; keys are never deleted, and no other transaction is under way. */
async function nextRevision(transaction: Transaction<AccessDatabase>): Promise<number> {
  const row = await transaction
    .selectFrom('api_keys')
    .select((expression) => expression.fn.max('revision').as('revision'))
    .executeTakeFirst()
  return Number(row?.revision ?? 0) + 1
}

function rowOf(database: Kysely<AccessDatabase>, id: string): Promise<Selectable<ApiKeysTable> | undefined> {
  return database.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst()
}

function keyOf(row: Selectable<ApiKeysTable>): ApiKey {
  return {
    ...(JSON.parse(row.settings) as ApiKeySettings),
    id: row.id,
    prefix: row.prefix,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
  }
}
