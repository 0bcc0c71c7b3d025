import type { ApiKey, ApiKeySettings, Scope } from '../../contracts/index.ts'
import { StrataError } from '../../errors/index.ts'
import { defineCommand } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { tableLines } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { printable } from '../text-layout.ts'
import { usageError } from '../usage-error.ts'
import { DATABASE_FLAGS, withStores } from '../with-stores.ts'

const HOUR_MS = 3_600_000
const UNITS_MS = { h: HOUR_MS, d: 24 * HOUR_MS, w: 7 * 24 * HOUR_MS } as const
const DEFAULT_SCOPES = 'route,execute'
const BY_CLI = { actor: 'cli', tenant: null }

export const keys = defineCommand({
  name: 'keys',
  summary: 'Make, list and revoke API keys',
  description:
    'create prints a new key, which is never shown again; list shows what is known of all keys; revoke ends one by its id. ' +
    'Works on the database itself, so that no server need run; one that runs follows within half a second. ' +
    'From the first key on every request needs one.',
  positional: {
    placeholder: 'create|list|revoke [ID]',
    summary: 'what to do; revoke takes the id of the key',
    kind: 'text',
    choices: ['create', 'list', 'revoke'],
    minimum: 1,
    maximum: 2,
  },
  flags: {
    name: { kind: 'text', summary: 'create: what people call the key' },
    tenant: { kind: 'text', summary: 'create: who it is for, default if not given; list: only these' },
    scopes: {
      kind: 'text',
      placeholder: 'LIST',
      summary: `create: of route, execute, routes:read, routes:write, cache, metrics and admin, with commas; ${DEFAULT_SCOPES} if not given`,
    },
    expires: {
      kind: 'text',
      placeholder: 'WHEN',
      summary:
        'create: a time such as 90d, 12h or 4w from now, or a day such as 2027-01-31; never if not given',
    },
    'requests-per-minute': {
      kind: 'number',
      integer: true,
      range: [1, Number.MAX_SAFE_INTEGER],
      summary: 'create: requests that it may make in a minute',
    },
    'tokens-per-minute': {
      kind: 'number',
      integer: true,
      range: [1, Number.MAX_SAFE_INTEGER],
      summary: 'create: tokens that its calls may take in a minute',
    },
    'daily-usd': { kind: 'number', summary: 'create: US dollars that it may spend in a day of UTC' },
    'monthly-usd': { kind: 'number', summary: 'create: US dollars that it may spend in a month of UTC' },
    models: { kind: 'text', placeholder: 'LIST', summary: 'create: models it may name; all if not given' },
    routes: { kind: 'text', placeholder: 'LIST', summary: 'create: routes it may use; all if not given' },
    'route-sets': {
      kind: 'text',
      placeholder: 'LIST',
      summary: 'create: route sets it may use; all if not given',
    },
    ...DATABASE_FLAGS,
  },
  json: 'create: {key: {id, name, tenant, scopes, …}, secret}; list: {keys: […]}; revoke: {key}',
  examples: [
    ['stratarouter keys create --name ci', 'make a key for the tenant default and print it'],
    [
      'stratarouter keys create --name acme-app --tenant acme --expires 90d --monthly-usd 200',
      'one that ends in 90 days and may spend 200 dollars a month',
    ],
    ['stratarouter keys revoke key_4rXyTBcvOhBgZqzE', 'end a key; list shows the ids'],
  ],
  async run({ flags, positionals: [verb, id], terminal }) {
    if (verb === 'create') {
      if (id !== undefined)
        throw usageError(`keys create takes no other word, got "${id}". Write --name ${id}.`)
      const settings = settingsOf(flags, Date.now())
      return withStores({ flags, mustExist: false }, async ({ apiKeys }, config) => {
        const { newApiKey } = await import('../../access/index.ts')
        const isFirst = (await apiKeys.changesSince(0)).revision === 0
        const { key, secret } = newApiKey(settings, Date.now())
        await apiKeys.create(key, BY_CLI)
        const { hash: _, ...shown } = key
        if (terminal.json) await terminal.printJson({ key: shown, secret })
        else await printCreated(shown, secret, terminal)
        if (config.auth.mode === 'none') {
          terminal.note('auth.mode is none: nobody needs a key until that is taken out of the configuration.')
        } else if (isFirst) terminal.note('It is the first key: from now on every request needs one.')
        return EXIT_CODES.ok.code
      })
    }
    if (verb === 'list') {
      if (id !== undefined) throw usageError(`keys list takes no other word, got "${id}".`)
      return withStores({ flags, mustExist: true }, async ({ apiKeys }) => {
        const listed = await apiKeys.list(flags.tenant)
        if (terminal.json) await terminal.printJson({ keys: listed })
        else await printKeys(listed, terminal)
        return EXIT_CODES.ok.code
      })
    }
    if (id === undefined) throw usageError('keys revoke needs the id of a key. See: stratarouter keys list')
    return withStores({ flags, mustExist: true }, async ({ apiKeys }) => {
      const key = await apiKeys.revoke(id, Date.now(), BY_CLI)
      if (key === null) {
        throw new StrataError(
          'key_not_found',
          `There is no key ${printable(id)}. See: stratarouter keys list`,
        )
      }
      if (terminal.json) await terminal.printJson({ key })
      else await terminal.print(`${key.id} (${printable(key.name)}) is revoked`)
      return EXIT_CODES.ok.code
    })
  },
})

interface CreateFlags {
  readonly name: string | undefined
  readonly tenant: string | undefined
  readonly scopes: string | undefined
  readonly expires: string | undefined
  readonly 'requests-per-minute': number | undefined
  readonly 'tokens-per-minute': number | undefined
  readonly 'daily-usd': number | undefined
  readonly 'monthly-usd': number | undefined
  readonly models: string | undefined
  readonly routes: string | undefined
  readonly 'route-sets': string | undefined
}

function settingsOf(flags: CreateFlags, now: number): ApiKeySettings {
  const { name, tenant = 'default', scopes = DEFAULT_SCOPES, expires, models, routes } = flags
  if (name === undefined) {
    throw usageError('keys create needs --name TEXT. For example: stratarouter keys create --name ci')
  }
  const requestsPerMinute = flags['requests-per-minute']
  const tokensPerMinute = flags['tokens-per-minute']
  const dailyUsd = flags['daily-usd']
  const monthlyUsd = flags['monthly-usd']
  const routeSets = flags['route-sets']
  const budgets = {
    ...(dailyUsd === undefined ? {} : { dailyUsd }),
    ...(monthlyUsd === undefined ? {} : { monthlyUsd }),
  }
  return {
    name,
    tenant,
    // What is none of them is refused with all else that is wrong.
    scopes: listed(scopes) as Scope[],
    expiresAt: expires === undefined ? null : timeOf(expires, now),
    ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
    ...(tokensPerMinute === undefined ? {} : { tokensPerMinute }),
    ...(Object.keys(budgets).length === 0 ? {} : { budgets }),
    ...(models === undefined ? {} : { models: listed(models) }),
    ...(routes === undefined ? {} : { routes: listed(routes) }),
    ...(routeSets === undefined ? {} : { routeSets: listed(routeSets) }),
  }
}

const listed = (text: string): string[] => text.split(',').map((entry) => entry.trim())

/** `90d` from now, or the end of a day of UTC. */
function timeOf(text: string, now: number): number {
  const [, count, unit] = /^(\d{1,6})([hdw])$/.exec(text) ?? []
  if (count !== undefined) return now + Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS]
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(day)) {
    throw usageError(
      `--expires expects a time such as 90d, 12h or 4w, or a day such as 2027-01-31, got "${text}".`,
    )
  }
  return day + UNITS_MS.d
}

/** The secret alone on standard output, so that it can be caught in a variable. */
async function printCreated(key: ApiKey, secret: string, terminal: Terminal): Promise<void> {
  await terminal.print(secret)
  const end = key.expiresAt === null ? 'never expires' : `expires ${minute(key.expiresAt)}`
  terminal.note(
    `${key.id}: tenant ${key.tenant}, scopes ${key.scopes.join(', ')}, ${end}. Keep the key; it is not shown again.`,
  )
}

async function printKeys(listed: readonly ApiKey[], terminal: Terminal): Promise<void> {
  if (listed.length === 0) {
    await terminal.print('There are no keys. stratarouter keys create makes one.')
    return
  }
  const now = Date.now()
  const lines = tableLines(
    [
      { title: 'id' },
      { title: 'begins with' },
      { title: 'name', flexible: true },
      { title: 'tenant' },
      { title: 'scopes' },
      { title: 'limits' },
      { title: 'last used' },
      { title: 'valid' },
    ],
    listed.map((key) => [
      key.id,
      { text: key.prefix, style: 'dim' as const },
      printable(key.name),
      key.tenant,
      key.scopes.join(','),
      limitsOf(key),
      key.lastUsedAt === null ? '–' : minute(key.lastUsedAt),
      validity(key, now),
    ]),
    terminal,
    0,
  )
  for (const line of lines) await terminal.print(line)
}

function limitsOf({ requestsPerMinute, tokensPerMinute, budgets }: ApiKey): string {
  const limits = [
    ...(requestsPerMinute === undefined ? [] : [`${requestsPerMinute} requests/min`]),
    ...(tokensPerMinute === undefined ? [] : [`${tokensPerMinute} tokens/min`]),
    ...(budgets?.dailyUsd === undefined ? [] : [`$${budgets.dailyUsd}/day`]),
    ...(budgets?.monthlyUsd === undefined ? [] : [`$${budgets.monthlyUsd}/month`]),
  ]
  return limits.length === 0 ? '–' : limits.join(', ')
}

function validity({ revokedAt, expiresAt }: ApiKey, now: number) {
  if (revokedAt !== null) return { text: `revoked ${minute(revokedAt)}`, style: 'red' as const }
  if (expiresAt === null) return 'yes'
  return expiresAt > now
    ? `until ${minute(expiresAt)}`
    : { text: `expired ${minute(expiresAt)}`, style: 'red' as const }
}

/** `2026-11-24 09:30` of UTC. */
const minute = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')
