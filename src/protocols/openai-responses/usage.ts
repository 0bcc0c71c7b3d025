import type { JsonObject, TokenUsage } from '../../contracts/index.ts'
import { countIn, isObject, objectIn } from '../json-fields.ts'

/** Of the `usage` object of a response. */
export function responsesUsage(usage: unknown): TokenUsage | undefined {
  if (!isObject(usage)) return undefined
  const read = objectIn(usage.input_tokens_details)
  return {
    inputTokens: countIn(usage.input_tokens),
    cachedInputTokens: countIn(read.cached_tokens),
    cacheWriteTokens: countIn(read.cache_write_tokens),
    outputTokens: countIn(usage.output_tokens),
    reasoningTokens: countIn(objectIn(usage.output_tokens_details).reasoning_tokens),
  }
}

/** The `usage` object of a response. */
export function responsesUsageObject(usage: TokenUsage): JsonObject {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      cache_write_tokens: usage.cacheWriteTokens,
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  }
}
