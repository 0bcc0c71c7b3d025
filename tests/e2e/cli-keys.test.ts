import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { AccessBook } from '../../src/access/index.ts'
import { EXIT_CODES } from '../../src/cli/exit-codes.ts'
import type { ApiKey, UsageTotal } from '../../src/contracts/index.ts'
import { ManualTime } from '../../src/execution/manual-time.ts'
import { openStores } from '../../src/stores/index.ts'
import { postgresPrograms, startPostgres, withoutPostgres } from '../../src/testing/postgres-server.ts'
import { runProgram, temporaryFolder } from './cli-process.ts'

const folder = temporaryFolder()
const inFolder = (dataDir: string, ...words: string[]) =>
  runProgram([...words, '--data-dir', dataDir], { cwd: folder.path })
const openIn = (dataDir: string) =>
  openStores(`sqlite:${folder.file(`${dataDir}/stratarouter.db`)}`, {
    clock: { now: () => Date.now() },
    versionsKept: 1,
  })

describe('keys', () => {
  test('create prints the secret alone, and says that keys are needed from now on', async () => {
    const first = await inFolder('one', 'keys', 'create', '--name', 'ci')
    expect(first.code).toBe(0)
    expect(first.out).toMatch(/^sr_[0-9A-Za-z]{43}\n$/)
    expect(first.errorOut).toMatch(
      /^key_\w+: tenant default, scopes route, execute, never expires\. Keep the key/,
    )
    expect(first.errorOut).toMatch(/It is the first key: from now on every request needs one\./)
    expect(first.errorOut).not.toContain(first.out.trim())
    const second = await inFolder('one', 'keys', 'create', '--name', 'ci')
    expect(second.errorOut).not.toMatch(/first key/)
  })

  test('create takes all that a key may have; list shows it, never the secret', async () => {
    const made = await inFolder(
      'two',
      ...['keys', 'create', '--json', '--name', 'Acme app', '--tenant', 'acme', '--scopes', 'execute, cache'],
      ...['--expires', '90d', '--requests-per-minute', '60', '--tokens-per-minute', '100000'],
      ...['--daily-usd', '1.5', '--monthly-usd', '20', '--models', 'fast,careful', '--routes', 'billing'],
      ...['--route-sets', 'default'],
    )
    const { key, secret } = JSON.parse(made.out) as { key: ApiKey; secret: string }
    expect(made.errorOut).toBe('')
    expect(key).toMatchObject({
      name: 'Acme app',
      tenant: 'acme',
      scopes: ['execute', 'cache'],
      requestsPerMinute: 60,
      tokensPerMinute: 100_000,
      budgets: { dailyUsd: 1.5, monthlyUsd: 20 },
      models: ['fast', 'careful'],
      routes: ['billing'],
      routeSets: ['default'],
    })
    expect((key.expiresAt as number) - key.createdAt).toBeGreaterThan(90 * 86_400_000 - 60_000)
    await inFolder('two', 'keys', 'create', '--name', 'other')
    const listed = await inFolder('two', 'keys', 'list', '--json', '--tenant', 'acme')
    expect(JSON.parse(listed.out)).toEqual({ keys: [key] })
    const table = await inFolder('two', 'keys', 'list')
    expect(table.out.split('\n')).toHaveLength(4)
    expect(table.out).toContain(key.id)
    expect(table.out).toContain('60 requests/min, 100000 tokens/min, $1.5/day, $20/month')
    expect(table.out + listed.out).not.toContain(secret.slice(9))
  })

  test('a process that runs takes a key that was made beside it, and refuses it once it is revoked', async () => {
    const time = new ManualTime()
    const stores = await openIn('three')
    const book = await AccessBook.open({
      store: stores.apiKeys,
      clock: time,
      timer: time.timer,
      mode: 'keys',
      openWithoutKeys: true,
    })
    const { out } = await inFolder('three', 'keys', 'create', '--name', 'ci')
    await time.advance(500)
    const { keyId } = book.identify(out.trim())
    const revoked = await inFolder('three', 'keys', 'revoke', keyId as string)
    expect(revoked.out).toBe(`${keyId} (ci) is revoked\n`)
    await time.advance(500)
    expect(() => book.identify(out.trim())).toThrow(/not known/)
    expect((await inFolder('three', 'keys', 'list')).out).toMatch(/revoked \d{4}-/)
    await book.close()
    await stores.close()
  })

  test.each([
    ['a verb that is none', ['keys', 'make'], EXIT_CODES.usage, /expects one of create, list, revoke/],
    ['no name', ['keys', 'create'], EXIT_CODES.usage, /needs --name/],
    ['a word too many', ['keys', 'create', 'ci'], EXIT_CODES.usage, /Write --name ci/],
    ['no id', ['keys', 'revoke'], EXIT_CODES.usage, /needs the id of a key/],
    [
      'a scope that is none',
      ['keys', 'create', '--name', 'a', '--scopes', 'excute'],
      EXIT_CODES.usage,
      /execute/,
    ],
    [
      'an end in the past',
      ['keys', 'create', '--name', 'a', '--expires', '2020-01-31'],
      EXIT_CODES.usage,
      /to come/,
    ],
    ['an end that is none', ['keys', 'create', '--name', 'a', '--expires', 'soon'], EXIT_CODES.usage, /90d/],
  ] as const)('%s is refused with what to change', async (_, words, exit, message) => {
    const { code, out, errorOut } = await inFolder('refused', ...words)
    expect({ code, out }).toEqual({ code: exit.code, out: '' })
    expect(errorOut).toMatch(message)
  })

  test('a database that is not there is not made by looking at it', async () => {
    for (const words of [['keys', 'list'], ['keys', 'revoke', 'key_1'], ['usage'], ['audit', 'verify']]) {
      const { code, errorOut } = await inFolder('nowhere', ...words)
      expect(code).toBe(EXIT_CODES.input.code)
      expect(errorOut).toMatch(/There is no database .*nowhere/)
    }
    expect(existsSync(folder.file('nowhere'))).toBe(false)
  })

  test('a key that is not there cannot be revoked', async () => {
    await inFolder('four', 'keys', 'create', '--name', 'ci')
    const { code, errorOut } = await inFolder('four', 'keys', 'revoke', 'key_none')
    expect(code).toBe(EXIT_CODES.usage.code)
    expect(errorOut).toMatch(/There is no key key_none.*keys list/)
  })
})

describe.skipIf(postgresPrograms === null)(`on PostgreSQL${withoutPostgres}`, () => {
  test('the commands work on the database that DATABASE_URL names, and doctor does not show its password', async () => {
    const server = await startPostgres()
    onTestFinished(() => server.close())
    const address = (await server.newDatabase()).replace('test@', 'test:a-password@')
    const run = (...words: string[]) =>
      runProgram(words, { cwd: folder.path, environment: { DATABASE_URL: address } })
    const { out } = await run('keys', 'create', '--name', 'ci', '--json')
    const { key } = JSON.parse(out) as { key: ApiKey }
    expect((await run('keys', 'revoke', key.id)).out).toBe(`${key.id} (ci) is revoked\n`)
    expect(JSON.parse((await run('keys', 'list', '--json')).out).keys).toMatchObject([{ id: key.id }])
    expect((await run('audit', 'verify')).out).toMatch(/^2 rows, all as they were written/)
    expect((await run('usage')).out).toMatch(/Nothing was called/)
    const found = await run('doctor', '--port', '0')
    expect(found.out).toMatch(/database +postgresql:\/\/test@127\.0\.0\.1:\d+\/test_1, PostgreSQL \d+/)
    await server.close()
    const missed = await run('doctor', '--port', '0')
    expect(missed.out).toMatch(/fail +database .*is not usable: it does not answer/)
    const failed = await run('keys', 'list')
    expect(failed.code).toBe(EXIT_CODES.environment.code)
    for (const { out, errorOut } of [found, missed, failed])
      expect(out + errorOut).not.toContain('a-password')
  })
})

describe('audit verify', () => {
  test('prints the last hash, finds it again later, and ends with 1 once a row was changed', async () => {
    await inFolder('audit', 'keys', 'create', '--name', 'ci')
    const { code, out } = await inFolder('audit', 'audit', 'verify')
    expect(code).toBe(0)
    const [, head] = /^1 row, all as they were written\nlast hash ([0-9a-f]{64})\n$/.exec(out) ?? []
    await inFolder('audit', 'keys', 'create', '--name', 'ci')
    expect((await inFolder('audit', 'audit', 'verify', '--expect', head as string)).code).toBe(0)
    const database = new DatabaseSync(folder.file('audit/stratarouter.db'))
    database.exec("update audit_log set actor = 'somebody' where sequence = 2")
    database.close()
    const broken = await inFolder('audit', 'audit', 'verify')
    expect(broken.code).toBe(EXIT_CODES.checkFailed.code)
    expect(broken.out).toMatch(/^row 2 is broken: .*changed\n1 row before it/)
    const { ok, rows, broken: where } = JSON.parse((await inFolder('audit', 'audit', 'verify', '--json')).out)
    expect([ok, rows, where.sequence]).toEqual([false, 1, 2])
  })
})

describe('usage', () => {
  const total = (changed: Partial<UsageTotal>): UsageTotal => ({
    day: '2026-11-02',
    tenant: 'acme',
    key: 'key_1',
    route: 'billing',
    provider: 'openai',
    model: 'fast',
    requests: 2,
    inputTokens: 1_234_567,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 20_000_000,
    reasoningTokens: 0,
    costMicroUsd: 1_500_000,
    unpricedRequests: 0,
    ...changed,
  })

  test('adds up what is asked for, with units and a total', async () => {
    const stores = await openIn('usage')
    await stores.usage.add([
      total({}),
      total({ day: '2026-11-03', model: 'careful', unpricedRequests: 1 }),
      total({ day: '2026-11-03', tenant: 'b', key: '' }),
      total({ day: '2026-12-01' }),
      total({ day: '2026-12-02', tenant: 'c', costMicroUsd: 99 }),
      total({ day: '2026-12-02', tenant: 'd', costMicroUsd: 0 }),
    ])
    await stores.close()
    const days = ['--from', '2026-11-01', '--to', '2026-11-30']
    const { out, errorOut } = await inFolder('usage', 'usage', ...days)
    expect(out).toBe(`2026-11-01 to 2026-11-30 (UTC), 6 requests

tenant  model    requests  input tokens  cached  output tokens  cost USD
acme    careful         2     1,234,567       0         20.0 M  ≥ 1.5000
acme    fast            2     1,234,567       0         20.0 M    1.5000
b       fast            2     1,234,567       0         20.0 M    1.5000
all                     6     3,703,701       0         60.0 M  ≥ 4.5000
`)
    expect(errorOut).toMatch(/1 request of models without a price/)
    const little = await inFolder('usage', 'usage', '--from', '2026-12-02', '--to', '2026-12-02')
    expect(little.out).toMatch(/^c .* <0\.0001$/m)
    expect(little.out).toMatch(/^d .* {3}0\.0000$/m)
    const json = await inFolder('usage', 'usage', ...days, '--json', '--by', 'day', '--tenant', 'acme')
    expect(JSON.parse(json.out)).toMatchObject({
      from: '2026-11-01',
      groupBy: ['day'],
      rows: [
        { day: '2026-11-02', requests: 2, costUsd: 1.5 },
        { day: '2026-11-03', requests: 2, unpricedRequests: 1 },
      ],
      total: { requests: 4, costUsd: 3 },
    })
    expect((await inFolder('usage', 'usage', '--from', '2025-01-01', '--to', '2025-01-02')).out).toBe(
      'Nothing was called from 2025-01-01 to 2025-01-02.\n',
    )
  })

  test.each([
    [['--by', 'tenat'], /Did you mean tenant/],
    [['--by', 'day,day'], /names day twice/],
    [['--from', '2026-13-01'], /--from expects a day/],
    [['--from', '2026-02-02', '--to', '2026-02-01'], /Swap them/],
  ])('%j is refused with what to change', async (words, message) => {
    const { code, errorOut } = await inFolder('usage', 'usage', ...words)
    expect(code).toBe(EXIT_CODES.usage.code)
    expect(errorOut).toMatch(message)
  })
})
