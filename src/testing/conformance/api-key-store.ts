import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict'
import type { ApiKey, ApiKeyStore, AuditLog, StoredApiKey } from '../../contracts/index.ts'

interface KeyStores {
  readonly apiKeys: ApiKeyStore
  readonly audit: AuditLog
  close(): Promise<void>
}

interface ApiKeyStoreHarness {
  /** An empty store. */
  open(): Promise<KeyStores>
  /** A second store on the same data as the one opened last, as another process would open it. */
  reopen(): Promise<KeyStores>
  /** Registers one case with the test runner. */
  test(title: string, run: () => Promise<void>): void
}

const CLI = { actor: 'cli', tenant: null }

const keyOf = (id: string, changed: Partial<StoredApiKey> = {}): StoredApiKey => ({
  id,
  name: `the key ${id} \u{1F600}`,
  tenant: 'acme',
  scopes: ['route', 'execute'],
  expiresAt: null,
  prefix: `sr_${id}`,
  hash: `hash of ${id}`,
  createdAt: 1_700_000_000_000,
  revokedAt: null,
  lastUsedAt: null,
  ...changed,
})

const shown = ({ hash: _, ...key }: StoredApiKey): ApiKey => key

/** What every ApiKeyStore must do; call it from the test of each implementation. */
export function checkApiKeyStore(harness: ApiKeyStoreHarness): void {
  const withStores = (title: string, run: (stores: KeyStores) => Promise<void>) =>
    harness.test(title, async () => {
      const stores = await harness.open()
      try {
        await run(stores)
      } finally {
        await stores.close()
      }
    })

  withStores('starts empty', async ({ apiKeys }) => {
    deepStrictEqual(await apiKeys.list(), [])
    strictEqual(await apiKeys.get('a'), null)
    strictEqual(await apiKeys.revoke('a', 1, CLI), null)
    deepStrictEqual(await apiKeys.changesSince(0), { revision: 0, keys: [] })
    await apiKeys.touch(new Map([['a', 1]]))
  })

  withStores('gives back what was made, its hash only to who follows the changes', async ({ apiKeys }) => {
    const full = keyOf('a', {
      expiresAt: 1_800_000_000_000,
      requestsPerMinute: 60,
      tokensPerMinute: 1_000_000,
      budgets: { dailyUsd: 0.5, monthlyUsd: 12.345678 },
      models: ['fast'],
      routes: ['billing', 'support'],
      routeSets: ['default'],
    })
    const bare = keyOf('b', { tenant: 'other', scopes: ['admin'], createdAt: 1_700_000_000_001 })
    await apiKeys.create(full, CLI)
    await apiKeys.create(bare, CLI)
    deepStrictEqual(await apiKeys.get('a'), shown(full))
    deepStrictEqual(await apiKeys.list(), [shown(bare), shown(full)])
    deepStrictEqual(await apiKeys.list('acme'), [shown(full)])
    deepStrictEqual((await apiKeys.changesSince(0)).keys, [full, bare])
  })

  withStores('tells who follows it what was made and revoked since, and nothing else', async (stores) => {
    const { apiKeys } = stores
    await apiKeys.create(keyOf('a'), CLI)
    await apiKeys.create(keyOf('b'), CLI)
    const first = await apiKeys.changesSince(0)
    deepStrictEqual(await apiKeys.changesSince(first.revision), { revision: first.revision, keys: [] })
    const other = await harness.reopen()
    try {
      await other.apiKeys.revoke('a', 5, CLI)
      await other.apiKeys.touch(new Map([['b', 7]]))
      const second = await apiKeys.changesSince(first.revision)
      deepStrictEqual(second.keys, [keyOf('a', { revokedAt: 5 })])
      await other.apiKeys.create(keyOf('c'), CLI)
      deepStrictEqual((await apiKeys.changesSince(second.revision)).keys, [keyOf('c')])
    } finally {
      await other.close()
    }
  })

  withStores('revokes once, and of one tenant where that is asked for', async ({ apiKeys, audit }) => {
    await apiKeys.create(keyOf('a'), CLI)
    strictEqual(await apiKeys.revoke('a', 5, CLI, 'other'), null)
    deepStrictEqual(await apiKeys.revoke('a', 5, CLI, 'acme'), shown(keyOf('a', { revokedAt: 5 })))
    const { revision } = await apiKeys.changesSince(0)
    deepStrictEqual(await apiKeys.revoke('a', 9, CLI), shown(keyOf('a', { revokedAt: 5 })))
    strictEqual((await apiKeys.changesSince(0)).revision, revision)
    strictEqual((await audit.list(9)).length, 2)
  })

  withStores('notes when a key was last used, never an earlier time', async ({ apiKeys }) => {
    await apiKeys.create(keyOf('a'), CLI)
    await apiKeys.touch(new Map([['a', 1_700_000_060_000]]))
    await apiKeys.touch(new Map([['a', 1_700_000_000_000]]))
    strictEqual((await apiKeys.get('a'))?.lastUsedAt, 1_700_000_060_000)
  })

  withStores('writes a line of audit with every change, or neither', async ({ apiKeys, audit }) => {
    await apiKeys.create(keyOf('a'), { actor: 'key_boss', tenant: 'acme' })
    const twice = keyOf('b', { hash: keyOf('a').hash })
    await rejects(apiKeys.create(twice, CLI), { code: 'storage_failed' })
    await apiKeys.revoke('a', 1_700_000_000_009, CLI)
    deepStrictEqual(
      (await audit.list(9)).map(({ at, actor, tenant, action, subject }) => [
        at,
        actor,
        tenant,
        action,
        subject,
      ]),
      [
        [1_700_000_000_009, 'cli', null, 'key.revoke', 'a'],
        [1_700_000_000_000, 'key_boss', 'acme', 'key.create', 'a'],
      ],
    )
    strictEqual((await audit.verify()).broken, null)
  })

  withStores('gives every change of many writers a revision of its own', async ({ apiKeys }) => {
    const other = await harness.reopen()
    try {
      await Promise.all(
        Array.from({ length: 16 }, (_, index) =>
          (index % 2 === 0 ? apiKeys : other.apiKeys).create(keyOf(`k${index}`), CLI),
        ),
      )
    } finally {
      await other.close()
    }
    deepStrictEqual((await apiKeys.changesSince(0)).revision, 16)
    strictEqual((await apiKeys.changesSince(3)).keys.length, 13)
  })
}
