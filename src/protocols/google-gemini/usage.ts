import type { TokenUsage } from '../../contracts/index.ts'
import { countIn, isObject } from '../json-fields.ts'

/** Of `usageMetadata`. Gemini counts what it thought beside what it answered; here the one is part of the other. */
export function geminiUsage(usage: unknown): TokenUsage | undefined {
  if (!isObject(usage)) return undefined
  const thought = countIn(usage.thoughtsTokenCount)
  return {
    inputTokens: countIn(usage.promptTokenCount) + countIn(usage.toolUsePromptTokenCount),
    cachedInputTokens: countIn(usage.cachedContentTokenCount),
    cacheWriteTokens: 0,
    outputTokens: countIn(usage.candidatesTokenCount) + thought,
    reasoningTokens: thought,
  }
}
