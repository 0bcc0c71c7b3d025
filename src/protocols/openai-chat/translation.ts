import { withoutBody } from '../http-failure.ts'
import { openaiFailure } from '../openai-error.ts'
import type { ProviderProtocol } from '../provider-protocol.ts'
import { ChatCompletionReader } from './event-reader.ts'
import { readChatAnswer } from './read-answer.ts'
import { writeChatRequest } from './write-request.ts'

/** Providers that speak OpenAI chat completions, for callers who do not. */
export const openaiChatTranslation: ProviderProtocol = {
  writeRequest: writeChatRequest,
  readAnswer: readChatAnswer,
  eventReader: (createdAt) => new ChatCompletionReader(createdAt),
  failureOf: (status, headers, bodyText) => withoutBody(openaiFailure(status, headers, bodyText)),
}
