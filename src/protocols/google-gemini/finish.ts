import type { FinishReason } from '../../contracts/index.ts'
import { ProviderFailure } from '../../errors/index.ts'

const FILTERED = new Set([
  'SAFETY',
  'RECITATION',
  'LANGUAGE',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
])

const FAILED = new Set(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS'])

/**
 * Why an answer ended; Gemini says `STOP` also where it calls tools.
 * @throws ProviderFailure `malformed` where the model failed to call a tool
 */
export function readGeminiFinish(reason: string, callsTools: boolean): FinishReason {
  if (FAILED.has(reason)) {
    throw new ProviderFailure(
      'malformed',
      `Expected an answer from the provider; it ended with ${reason}, which asking again may mend.`,
    )
  }
  if (FILTERED.has(reason)) return 'content-filter'
  if (reason === 'MAX_TOKENS') return 'length'
  return callsTools ? 'tool-calls' : 'stop'
}
