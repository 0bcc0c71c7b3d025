import type { Protocol } from '../contracts/index.ts'
import { anthropicMessages } from './anthropic-messages/caller-protocol.ts'
import type { CallerProtocol } from './caller-protocol.ts'
import { canonical } from './canonical/caller-protocol.ts'
import { openaiChat } from './openai-chat/caller-protocol.ts'
import { openaiResponses } from './openai-responses/caller-protocol.ts'

/** What callers may speak. */
export const callerProtocols: Readonly<Record<Protocol, CallerProtocol>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  canonical,
}
