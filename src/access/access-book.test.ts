import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { ApiKeySettings, ApiKeyStore } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import { ManualTime } from '../execution/manual-time.ts'
import { openStores, type Stores } from '../stores/index.ts'
import { refusal } from '../testing/refusal.ts'
import { AccessBook } from './access-book.ts'
import { ANYONE } from './identity.ts'
import { newApiKey } from './new-api-key.ts'

const folder = mkdtempSync(join(tmpdir(), 'stratarouter-access-'))
afterAll(() => rmSync(folder, { recursive: true }))

const CLI = { actor: 'cli', tenant: null }
const SETTINGS: ApiKeySettings = { name: 'one', tenant: 'acme', scopes: ['route'], expiresAt: null }

let count = 0
let time: ManualTime
let file: string

beforeEach(() => {
  time = new ManualTime()
  file = join(folder, `${++count}.db`)
})

interface Process {
  readonly book: AccessBook
  readonly stores: Stores
  readonly failures: unknown[]
  /** Ends it. */
  close(): Promise<void>
}

/** As one of several processes on the same database has it. */
async function openProcess(
  options: { mode?: 'none'; openWithoutKeys?: boolean; around?: (store: ApiKeyStore) => ApiKeyStore } = {},
): Promise<Process> {
  const stores = await openStores(`sqlite:${file}`, { clock: time, versionsKept: 1 })
  const failures: unknown[] = []
  const book = await AccessBook.open({
    store: options.around?.(stores.apiKeys) ?? stores.apiKeys,
    clock: time,
    timer: time.timer,
    mode: options.mode ?? 'keys',
    openWithoutKeys: options.openWithoutKeys ?? true,
    onFailure: (error) => failures.push(error),
  })
  return {
    book,
    stores,
    failures,
    async close() {
      await book.close()
      await stores.close()
    },
  }
}

describe('before the first key', () => {
  it('anybody is let in on loopback, with any credential or none', async () => {
    const { book, close } = await openProcess()
    expect(book.hasKeys()).toBe(false)
    expect(book.identify(undefined)).toBe(ANYONE)
    expect(book.identify('whatever')).toBe(ANYONE)
    expect(ANYONE.scopes.has('admin')).toBe(true)
    await close()
  })

  it('nobody is let in elsewhere, and the message says how to make a key', async () => {
    const { book, close } = await openProcess({ openWithoutKeys: false })
    expect(refusal(() => book.identify(undefined))).toMatchObject({ code: 'invalid_api_key', status: 401 })
    expect(() => book.identify(undefined)).toThrow(/stratarouter keys create/)
    await close()
  })
})

describe('a key', () => {
  it('is required from the first one on, also once that is revoked', async () => {
    const { book, close } = await openProcess()
    const { key, secret } = await book.create(SETTINGS, CLI)
    expect(book.hasKeys()).toBe(true)
    expect(book.identify(secret)).toMatchObject({ tenant: 'acme', keyId: key.id })
    for (const wrong of [undefined, '', 'sr_wrong', `${secret}x`, secret.toLowerCase()]) {
      const error = refusal(() => book.identify(wrong))
      expect(error.code).toBe('invalid_api_key')
      if (wrong) expect(`${error.stack}${JSON.stringify(error)}`).not.toContain(wrong)
    }
    await book.revoke(key.id, CLI)
    expect(refusal(() => book.identify(secret)).code).toBe('invalid_api_key')
    expect(book.hasKeys()).toBe(true)
    await close()
  })

  it('stands for one identity, whatever other keys come and go', async () => {
    const { book, close } = await openProcess()
    const { secret } = await book.create(SETTINGS, CLI)
    const identity = book.identify(secret)
    await book.create({ ...SETTINGS, name: 'two' }, CLI)
    expect(book.identify(secret)).toBe(identity)
    await close()
  })

  it('is good for nothing once it has expired', async () => {
    const { book, close } = await openProcess()
    const { secret } = await book.create({ ...SETTINGS, expiresAt: time.now() + 60_000 }, CLI)
    await time.advance(59_999)
    book.identify(secret)
    await time.advance(1)
    expect(() => book.identify(secret)).toThrow(/has expired/)
    await close()
  })

  it('is not needed where that is written down', async () => {
    const { book, close } = await openProcess({ mode: 'none', openWithoutKeys: false })
    const { secret } = await book.create(SETTINGS, CLI)
    expect(book.identify(secret)).toBe(ANYONE)
    expect(book.identify(undefined)).toBe(ANYONE)
    await close()
  })

  it('can only be ended by who may', async () => {
    const { book, close } = await openProcess()
    const { key, secret } = await book.create(SETTINGS, CLI)
    await expect(book.revoke('key_none', CLI)).rejects.toMatchObject({ code: 'key_not_found' })
    await expect(book.revoke(key.id, CLI, 'other')).rejects.toMatchObject({ code: 'key_not_found' })
    book.identify(secret)
    expect((await book.list()).map(({ name }) => name)).toEqual(['one'])
    expect(await book.list('other')).toEqual([])
    await close()
  })
})

describe('another process', () => {
  it('knows a new key, and refuses a revoked one, within half a second', async () => {
    const one = await openProcess()
    const other = await openProcess()
    const { key, secret } = await one.book.create(SETTINGS, CLI)
    expect(other.book.hasKeys()).toBe(false)
    await time.advance(500)
    expect(other.book.identify(secret).keyId).toBe(key.id)
    await one.book.revoke(key.id, CLI)
    expect(refusal(() => one.book.identify(secret)).code).toBe('invalid_api_key')
    other.book.identify(secret)
    await time.advance(500)
    expect(refusal(() => other.book.identify(secret)).code).toBe('invalid_api_key')
    await one.close()
    await other.close()
  })
})

describe('while the store is away', () => {
  it('known keys stay valid, unknown ones are a failure of the store, told once', async () => {
    let isAway = false
    const { book, failures, close } = await openProcess({
      around: (store) => ({
        create: (...given) => store.create(...given),
        list: (...given) => store.list(...given),
        get: (...given) => store.get(...given),
        revoke: (...given) => store.revoke(...given),
        touch: (...given) => store.touch(...given),
        changesSince: async (revision) => {
          if (isAway) throw new StrataError('storage_failed', 'gone')
          return store.changesSince(revision)
        },
      }),
    })
    const { secret } = await book.create(SETTINGS, CLI)
    isAway = true
    await time.advance(2000)
    book.identify(secret)
    expect(refusal(() => book.identify('sr_new'))).toMatchObject({ code: 'storage_failed', status: 503 })
    expect(failures).toHaveLength(1)
    isAway = false
    await time.advance(500)
    expect(refusal(() => book.identify('sr_new')).code).toBe('invalid_api_key')
    await close()
    expect(time.alarms).toBe(0)
  })
})

describe('the use of a key', () => {
  it('is noted to the minute', async () => {
    const { book, close } = await openProcess()
    const { secret } = await book.create(SETTINGS, CLI)
    const lastUsedAt = async () => (await book.list())[0]?.lastUsedAt
    expect(await lastUsedAt()).toBe(null)
    const first = time.now()
    book.identify(secret)
    await time.advance(500)
    expect(await lastUsedAt()).toBe(first)
    book.identify(secret)
    await time.advance(500)
    expect(await lastUsedAt()).toBe(first)
    await time.advance(60_000)
    const later = time.now()
    book.identify(secret)
    await close()
    const again = await openProcess()
    expect((await again.book.list())[0]?.lastUsedAt).toBe(later)
    await again.close()
  })
})

describe('a secret', () => {
  it('is 256 random bits that are told once, and kept nowhere', async () => {
    const { book, stores, close } = await openProcess()
    const { key, secret } = await book.create(SETTINGS, CLI)
    expect(secret).toMatch(/^sr_[0-9A-Za-z]{43}$/)
    expect(key.id).toMatch(/^key_[0-9A-Za-z]{16}$/)
    expect(secret.startsWith(key.prefix)).toBe(true)
    expect(key.prefix).toHaveLength(9)
    expect(JSON.stringify([key, await book.list(), await stores.audit.list(9)])).not.toContain(
      secret.slice(9),
    )
    await close()
    const kept = ['', '-wal'].map((suffix) => {
      try {
        return readFileSync(`${file}${suffix}`, 'latin1')
      } catch {
        return ''
      }
    })
    expect(kept.join('')).toContain(key.id)
    expect(kept.join('')).not.toContain(secret.slice(9))
  })

  it('is never drawn twice', () => {
    const drawn = Array.from({ length: 200 }, () => newApiKey(SETTINGS, 0))
    expect(new Set(drawn.map(({ secret }) => secret)).size).toBe(200)
    expect(new Set(drawn.map(({ key }) => key.id)).size).toBe(200)
  })

  it('has all that is wrong with its settings told at once', () => {
    const settings = {
      name: ' ',
      tenant: 'a b',
      scopes: ['route', 'route', 'excute'],
      expiresAt: 0,
      requestsPerMinute: 1.5,
      tokensPerMinute: 0,
      budgets: { dailyUsd: -1, monthlyUsd: Number.NaN },
      models: [],
      routes: [''],
      routeSets: ['fine'],
    } as unknown as ApiKeySettings
    const error = refusal(() => newApiKey(settings, 5))
    expect(error.code).toBe('invalid_request')
    expect(error.details.map(({ path }) => path)).toEqual([
      'name',
      'tenant',
      'scopes[1]',
      'scopes[2]',
      'expiresAt',
      'requestsPerMinute',
      'tokensPerMinute',
      'budgets.dailyUsd',
      'budgets.monthlyUsd',
      'models',
      'routes[0]',
    ])
    expect(error.details[3]?.nearest).toBe('execute')
  })
})
