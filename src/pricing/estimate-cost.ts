import type { JsonObject } from '../contracts/json.ts'
import { type Cost, costOf } from './cost-of.ts'
import { estimateTokens } from './estimate-tokens.ts'
import type { Price } from './price.ts'

interface CostEstimate {
  readonly inputTokens: number
  /** The most that the request lets the model write, in all answers that it asks for. */
  readonly outputTokens: number
  readonly cost: Cost
}

/**
 * What a request may cost, before it is made: its input as estimated, as if all of it were written to the provider's cache
 * where that costs more, and the longest output that it allows, at the dearer of the prices of output and reasoning.
 * @param price of the model; undefined where it has none, and then the cost is unknown too
 * @param body of a request, in the protocol of any caller
 * @param outputTokensBound of an answer, where the request sets none; default 4,096, which a model may exceed
 * @remarks O(size of the body).
 */
export function estimateCost(
  price: Price | undefined,
  body: JsonObject,
  outputTokensBound: number = DEFAULT_OUTPUT_TOKENS_BOUND,
): CostEstimate {
  const inputTokens = estimateTokens(body)
  const outputTokens = (boundOf(body) ?? outputTokensBound) * (positive(body.n) ?? 1)
  const usage = { inputTokens, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens, reasoningTokens: 0 }
  const cost = costOf(price === undefined ? undefined : dearest(price), usage)
  return { inputTokens, outputTokens, cost }
}

const DEFAULT_OUTPUT_TOKENS_BOUND = 4096

const boundOf = (body: JsonObject): number | undefined =>
  positive(body.max_completion_tokens) ??
  positive(body.max_output_tokens) ??
  positive(body.max_tokens) ??
  positive(body.maxOutputTokens)

const positive = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined

function dearest(price: Price): Price {
  const { longContext } = price
  const base = dearestOf(price)
  return longContext === undefined
    ? base
    : { ...base, longContext: { ...dearestOf(longContext), aboveTokens: longContext.aboveTokens } }
}

const dearestOf = (price: Price): Price => ({
  inputPerMillion: Math.max(price.inputPerMillion, price.cacheWritePerMillion ?? 0),
  outputPerMillion: Math.max(price.outputPerMillion, price.reasoningPerMillion ?? 0),
})
