import type { TokenUsage } from '../contracts/chat.ts'
import type { Price, TokenPrice } from './price.ts'

/** Tokens of a call, with those told apart that cost differently from others of their kind. */
interface PricedUsage extends TokenUsage {
  /** Of `cacheWriteTokens`, those that are kept longer than usual. Default: none. */
  readonly longCacheWriteTokens?: number
}

/** Billionths of a US dollar, by what was paid for. Each token is in one of them. */
interface CostByKind {
  /** Input that neither came from the provider's cache nor was written to it. */
  readonly input: number
  readonly cachedInput: number
  readonly cacheWrite: number
  /** Output without reasoning. */
  readonly output: number
  readonly reasoning: number
}

interface KnownCost {
  readonly unpriced: false
  readonly costUsd: number
  /** The same in billionths of a US dollar, an integer: what is to be added up. */
  readonly costNanoUsd: number
  /** Adds up to `costNanoUsd`. */
  readonly nanoUsdByKind: CostByKind
}

/** Of a model whose price nobody knows: not free. */
interface UnknownCost {
  readonly unpriced: true
  readonly costUsd: null
  readonly costNanoUsd: null
}

export type Cost = KnownCost | UnknownCost

/**
 * What a call cost. Each kind is rounded to a billionth of a dollar, half up, and is otherwise exact.
 * @param price of the model; undefined where it has none
 * @param usage counts >= 0; where cached and written tokens exceed the input, or reasoning the output, all of them are paid
 * @remarks O(1). Never throws.
 */
export function costOf(price: Price | undefined, usage: PricedUsage): Cost {
  if (price === undefined) return UNPRICED
  const inputTokens = count(usage.inputTokens)
  const { longContext } = price
  const rate: TokenPrice =
    longContext !== undefined && inputTokens > longContext.aboveTokens ? longContext : price
  const cachedRate = rate.cachedInputPerMillion ?? rate.inputPerMillion
  const writeRate = rate.cacheWritePerMillion ?? rate.inputPerMillion
  const longWriteRate = rate.longCacheWritePerMillion ?? writeRate

  const cached = count(usage.cachedInputTokens)
  const written = count(usage.cacheWriteTokens)
  const longWritten = Math.min(written, count(usage.longCacheWriteTokens ?? 0))
  const reasoning = count(usage.reasoningTokens)
  const nanoUsdByKind = {
    input: nanoUsd(Math.max(0, inputTokens - cached - written), rate.inputPerMillion),
    cachedInput: nanoUsd(cached, cachedRate),
    cacheWrite: nanoUsd(written - longWritten, writeRate) + nanoUsd(longWritten, longWriteRate),
    output: nanoUsd(Math.max(0, count(usage.outputTokens) - reasoning), rate.outputPerMillion),
    reasoning: nanoUsd(reasoning, rate.reasoningPerMillion ?? rate.outputPerMillion),
  }
  const costNanoUsd =
    nanoUsdByKind.input +
    nanoUsdByKind.cachedInput +
    nanoUsdByKind.cacheWrite +
    nanoUsdByKind.output +
    nanoUsdByKind.reasoning
  return { unpriced: false, costUsd: usdOf(costNanoUsd), costNanoUsd, nanoUsdByKind }
}

/** US dollars of an integer number of billionths: for people to read, not to be added up. */
export const usdOf = (nanoUsd: number): number => nanoUsd / 1e9

const UNPRICED: UnknownCost = { unpriced: true, costUsd: null, costNanoUsd: null }

/** What a provider says need not be a count. */
const count = (tokens: number): number => (Number.isSafeInteger(tokens) && tokens > 0 ? tokens : 0)

/** A dollar per million tokens is a millionth of a dollar a token, and a millionth of that the unit counted in here. */
function nanoUsd(tokens: number, usdPerMillion: number): number {
  const picoUsdPerToken = Math.round(usdPerMillion * 1e6)
  const picoUsd = tokens * picoUsdPerToken
  if (picoUsd < EXACT_BELOW) return Math.floor((picoUsd + 500) / 1000)
  return Number((BigInt(tokens) * BigInt(picoUsdPerToken) + 500n) / 1000n)
}

const EXACT_BELOW = 2 ** 52
