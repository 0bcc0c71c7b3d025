import type { JsonObject, TokenUsage } from '../../contracts/index.ts'
import { countIn, isObject, objectIn } from '../json-fields.ts'

/** Of a `usage` object; the names DeepSeek gives to cached tokens are known too. */
export function chatUsage(usage: unknown): TokenUsage | undefined {
  if (!isObject(usage)) return undefined
  const read = objectIn(usage.prompt_tokens_details)
  const written = objectIn(usage.completion_tokens_details)
  return {
    inputTokens: countIn(usage.prompt_tokens),
    cachedInputTokens: countIn(read.cached_tokens) || countIn(usage.prompt_cache_hit_tokens),
    cacheWriteTokens: countIn(read.cache_write_tokens),
    outputTokens: countIn(usage.completion_tokens),
    reasoningTokens: countIn(written.reasoning_tokens),
  }
}

/** The `usage` object of an answer. */
export function chatUsageObject(usage: TokenUsage): JsonObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      cache_write_tokens: usage.cacheWriteTokens,
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  }
}
