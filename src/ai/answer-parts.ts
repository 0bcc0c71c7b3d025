import type {
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider'
import type { FinishReason, TokenUsage } from '../contracts/index.ts'
import type { ExecutionResult } from '../library/execution-types.ts'
import { METADATA_NAME } from './metadata-name.ts'

/** The parts of an answer as the AI SDK has them. */
export function contentOf({ content }: ExecutionResult): LanguageModelV4Content[] {
  return content.map((part) => {
    if (part.kind === 'text') return { type: 'text', text: part.text }
    if (part.kind === 'reasoning') return { type: 'reasoning', text: part.text, ...signed(part.signature) }
    return { type: 'tool-call', toolCallId: part.id, toolName: part.name, input: part.arguments || '{}' }
  })
}

/** By which the provider knows its reasoning again in the next turn. */
export const signed = (
  signature: string | undefined,
): { readonly providerMetadata?: SharedV4ProviderMetadata } =>
  signature === undefined ? {} : { providerMetadata: { [METADATA_NAME]: { signature } } }

export const finishOf = (reason: FinishReason): LanguageModelV4FinishReason => ({
  unified: reason,
  raw: undefined,
})

export function usageOf(usage: TokenUsage | null): LanguageModelV4Usage {
  if (usage === null) {
    const nothing = undefined
    return {
      inputTokens: { total: nothing, noCache: nothing, cacheRead: nothing, cacheWrite: nothing },
      outputTokens: { total: nothing, text: nothing, reasoning: nothing },
    }
  }
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens } = usage
  return {
    inputTokens: {
      total: inputTokens,
      noCache: Math.max(0, inputTokens - cachedInputTokens - cacheWriteTokens),
      cacheRead: cachedInputTokens,
      cacheWrite: cacheWriteTokens,
    },
    outputTokens: {
      total: outputTokens,
      text: Math.max(0, outputTokens - reasoningTokens),
      reasoning: reasoningTokens,
    },
  }
}

/** `providerMetadata.stratarouter`: why, where, and what it took. */
export function metadataOf(result: ExecutionResult): SharedV4ProviderMetadata {
  const { response, toolCalls, content, finish, usage, ...metadata } = result
  // What a route's metadata may hold besides JSON is nothing that the SDK could keep.
  return { [METADATA_NAME]: JSON.parse(JSON.stringify(metadata)) }
}
