import type { JsonObject, TokenUsage } from '../../contracts/index.ts'
import { countIn, isObject, objectIn } from '../json-fields.ts'

const NOTHING: TokenUsage = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
}

/**
 * Of a `usage` object. Anthropic counts tokens read from its cache, tokens written to it and the rest apart;
 * here the first count is of all.
 * @param before what an earlier event of the same stream said: counts are totals, fields may be left out
 */
export function messagesUsage(
  usage: unknown,
  before: TokenUsage | undefined = undefined,
): TokenUsage | undefined {
  if (!isObject(usage)) return before
  const earlier = before ?? NOTHING
  const total = (field: string, known: number): number =>
    typeof usage[field] === 'number' ? countIn(usage[field]) : known
  const cached = total('cache_read_input_tokens', earlier.cachedInputTokens)
  const written = total('cache_creation_input_tokens', earlier.cacheWriteTokens)
  const fresh = total(
    'input_tokens',
    earlier.inputTokens - earlier.cachedInputTokens - earlier.cacheWriteTokens,
  )
  const thought = objectIn(usage.output_tokens_details).thinking_tokens
  return {
    inputTokens: fresh + cached + written,
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    outputTokens: total('output_tokens', earlier.outputTokens),
    reasoningTokens: typeof thought === 'number' ? countIn(thought) : earlier.reasoningTokens,
  }
}

/** The `usage` object of a message. */
export function messagesUsageObject(usage: TokenUsage): JsonObject {
  return {
    input_tokens: usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cachedInputTokens,
    output_tokens: usage.outputTokens,
    output_tokens_details: { thinking_tokens: usage.reasoningTokens },
  }
}
