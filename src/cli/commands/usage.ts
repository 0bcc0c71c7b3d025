import type { UsageDimension, UsageRow, UsageSums } from '../../contracts/index.ts'
import { nearestName } from '../../util/nearest-name.ts'
import { defineCommand } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { tableLines } from '../table.ts'
import { counted, grouped, printable } from '../text-layout.ts'
import { usageError } from '../usage-error.ts'
import { DATABASE_FLAGS, withStores } from '../with-stores.ts'

const DIMENSIONS: readonly UsageDimension[] = ['day', 'tenant', 'key', 'route', 'provider', 'model']
const DEFAULT_BY = 'tenant,model'
const MICRO = 1_000_000
const MILLION = 1_000_000
const LEAST_SHOWN_MICRO_USD = 100

export const usage = defineCommand({
  name: 'usage',
  summary: 'Show what was called, by whom, and what it cost',
  description:
    'Adds up calls of models by day, tenant, key, route, provider or model: requests, tokens in and out, cost in US dollars. ' +
    'Days are of UTC. A server that runs writes what it counts every second.',
  flags: {
    from: {
      kind: 'text',
      placeholder: 'DAY',
      summary: 'First day, such as 2026-11-01; the first of this month if not given',
    },
    to: { kind: 'text', placeholder: 'DAY', summary: 'Last day, included; today if not given' },
    by: {
      kind: 'text',
      placeholder: 'LIST',
      summary: `What to tell apart: of ${DIMENSIONS.join(', ')}, with commas; ${DEFAULT_BY} if not given`,
    },
    tenant: { kind: 'text', summary: 'Of one tenant only' },
    ...DATABASE_FLAGS,
  },
  json: '{from, to, groupBy, rows: [{tenant, …, requests, inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens, costUsd, unpricedRequests}], total}',
  examples: [
    ['stratarouter usage', 'this month by tenant and model'],
    [
      'stratarouter usage --from 2026-11-01 --to 2026-11-07 --by day,key --tenant acme',
      'a week of one tenant',
    ],
  ],
  async run({ flags, terminal }) {
    const today = new Date().toISOString().slice(0, 10)
    const from = dayOf('from', flags.from ?? `${today.slice(0, 8)}01`)
    const to = dayOf('to', flags.to ?? today)
    if (from > to) throw usageError(`--from ${from} is after --to ${to}. Swap them.`)
    const groupBy = dimensionsOf(flags.by ?? DEFAULT_BY)
    return withStores({ flags, mustExist: true }, async ({ usage: store }) => {
      const { queryUsage } = await import('../../access/index.ts')
      const tenant = flags.tenant === undefined ? {} : { tenant: flags.tenant }
      const rows = await queryUsage(store, { from, to, groupBy, ...tenant })
      const total = totalOf(rows)
      if (terminal.json) {
        await terminal.printJson({ from, to, groupBy, rows: rows.map(inDollars), total: inDollars(total) })
        return EXIT_CODES.ok.code
      }
      if (total.requests === 0) {
        await terminal.print(`Nothing was called from ${from} to ${to}.`)
        return EXIT_CODES.ok.code
      }
      await terminal.print(`${from} to ${to} (UTC), ${counted(total.requests, 'request')}`)
      await terminal.print()
      const lines = tableLines(
        [
          ...groupBy.map((title, index) => ({ title, ...(index === 0 ? { flexible: true as const } : {}) })),
          ...['requests', 'input tokens', 'cached', 'output tokens', 'cost USD'].map((title) => ({
            title,
            align: 'right' as const,
          })),
        ],
        [
          ...rows.map((row) => [...groupBy.map((name) => nameOf(row[name])), ...figuresOf(row)]),
          ...(rows.length > 1 && groupBy.length > 0
            ? [
                [
                  { text: 'all', style: 'bold' as const },
                  ...groupBy.slice(1).map(() => ''),
                  ...figuresOf(total).map((text) => ({ text, style: 'bold' as const })),
                ],
              ]
            : []),
        ],
        terminal,
        0,
      )
      for (const line of lines) await terminal.print(line)
      if (total.unpricedRequests > 0) {
        terminal.note(
          `${counted(total.unpricedRequests, 'request')} of models without a price are not in the cost; give them one under models.`,
        )
      }
      return EXIT_CODES.ok.code
    })
  },
})

function dayOf(flag: string, text: string): string {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
  if (isDay) return text
  throw usageError(`--${flag} expects a day such as 2026-11-01, got "${text}".`)
}

function dimensionsOf(text: string): UsageDimension[] {
  const names = text.split(',').map((name) => name.trim())
  return names.map((name, index) => {
    const dimension = DIMENSIONS.find((known) => known === name)
    if (dimension === undefined) {
      const nearest = nearestName(name, DIMENSIONS)
      throw usageError(
        `--by expects one or more of ${DIMENSIONS.join(', ')} with commas, got "${name}".${nearest ? ` Did you mean ${nearest}?` : ''}`,
      )
    }
    if (names.indexOf(name) < index) throw usageError(`--by names ${name} twice. Name it once.`)
    return dimension
  })
}

function totalOf(rows: readonly UsageSums[]): UsageSums {
  const sum = (name: keyof UsageSums) => rows.reduce((total, row) => total + row[name], 0)
  return {
    requests: sum('requests'),
    inputTokens: sum('inputTokens'),
    cachedInputTokens: sum('cachedInputTokens'),
    cacheWriteTokens: sum('cacheWriteTokens'),
    outputTokens: sum('outputTokens'),
    reasoningTokens: sum('reasoningTokens'),
    costMicroUsd: sum('costMicroUsd'),
    unpricedRequests: sum('unpricedRequests'),
  }
}

function inDollars({ costMicroUsd, ...row }: UsageRow) {
  return { ...row, costUsd: costMicroUsd / MICRO }
}

const nameOf = (name: string | undefined) =>
  name === undefined || name === '' ? { text: '–', style: 'dim' as const } : printable(name)

/** As many requests have no price, a cost may be less than what was paid; that is marked. */
function figuresOf(row: UsageSums): string[] {
  const { requests, inputTokens, cachedInputTokens, outputTokens, costMicroUsd, unpricedRequests } = row
  return [
    grouped(requests),
    ...[inputTokens, cachedInputTokens, outputTokens].map(tokensText),
    `${unpricedRequests > 0 ? '≥ ' : ''}${dollarsText(costMicroUsd)}`,
  ]
}

/** Four decimals; what is too little for them does not look free. */
const dollarsText = (microUsd: number): string =>
  microUsd > 0 && microUsd < LEAST_SHOWN_MICRO_USD ? '<0.0001' : (microUsd / MICRO).toFixed(4)

/** `12,345`, from ten millions on `12.3 M`. */
const tokensText = (tokens: number): string =>
  tokens < 10 * MILLION ? grouped(tokens) : `${(tokens / MILLION).toFixed(1)} M`
