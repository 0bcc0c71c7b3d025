import type { Price } from './price.ts'
import { PRICE_TABLE } from './table/price-table.ts'

interface PricedModel {
  /** Type of its provider, such as `anthropic` or `openai-compatible`. */
  readonly providerType: string
  /** Address of its provider, by which an `openai-compatible` one is recognised. */
  readonly baseUrl?: string
  /** As the provider names it. */
  readonly model: string
  /** From the configuration: goes before the table. */
  readonly price?: Price
}

/**
 * What a model costs, or undefined where nobody says: never a guess, never 0 for want of a price.
 *
 * The table is asked for the exact name first, then for it without what marks a snapshot or the newest one:
 * `-2025-08-07`, `-20250929`, `-001`, `-latest`. Providers that answer from this process (`static`, `demo`) cost nothing.
 * @remarks For when a configuration is read, not for every call; the first call indexes the table.
 */
export function priceOf(model: PricedModel): Price | undefined {
  if (model.price !== undefined) return model.price
  if (model.providerType === 'static' || model.providerType === 'demo') return FREE
  const seller = model.providerType === 'openai-compatible' ? sellerAt(model.baseUrl) : model.providerType
  index ??= indexed()
  const names = seller === undefined ? undefined : index.get(seller)
  return names?.get(model.model) ?? names?.get(model.model.replace(VERSION, ''))
}

const FREE: Price = { inputPerMillion: 0, outputPerMillion: 0 }

/** Four digits mark no snapshot: `mistral-large-2411` and `mistral-large-2512` are models of different prices. */
const VERSION = /-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{3}|latest)$/

const SELLERS: ReadonlyMap<string, string> = new Map([
  ['api.openai.com', 'openai'],
  ['api.anthropic.com', 'anthropic'],
  ['generativelanguage.googleapis.com', 'google'],
  ['api.mistral.ai', 'mistral'],
  ['api.deepseek.com', 'deepseek'],
  ['api.groq.com', 'groq'],
  ['api.x.ai', 'xai'],
])

function sellerAt(baseUrl: string | undefined): string | undefined {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return undefined
  return SELLERS.get(new URL(baseUrl).hostname)
}

let index: ReadonlyMap<string, ReadonlyMap<string, Price>> | undefined

function indexed(): ReadonlyMap<string, ReadonlyMap<string, Price>> {
  const bySeller = new Map<string, Map<string, Price>>()
  for (const { provider, prices, aliases = {} } of PRICE_TABLE) {
    const names = bySeller.get(provider) ?? new Map<string, Price>()
    bySeller.set(provider, names)
    for (const [name, price] of Object.entries(prices)) names.set(name, price)
    for (const [alias, name] of Object.entries(aliases)) {
      const price = prices[name]
      if (price !== undefined) names.set(alias, price)
    }
  }
  return bySeller
}
