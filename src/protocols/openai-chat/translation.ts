import { withoutBody } from '../http-failure.ts'
import { openaiFailure } from '../openai-error.ts'
import type { ProviderProtocol } from '../provider-protocol.ts'
import { ChatCompletionReader } from './event-reader.ts'
import { readChatAnswer } from './read-answer.ts'
import { writeChatRequest, writeCompatibleChatRequest } from './write-request.ts'

/** OpenAI itself, asked by chat completions, for callers who speak otherwise. */
export const openaiChatTranslation: ProviderProtocol = {
  writeRequest: writeChatRequest,
  readAnswer: readChatAnswer,
  eventReader: (createdAt) => new ChatCompletionReader(createdAt),
  failureOf: (status, headers, bodyText) => withoutBody(openaiFailure(status, headers, bodyText)),
}

/** Other services that speak OpenAI chat completions. */
export const openaiCompatibleTranslation: ProviderProtocol = {
  ...openaiChatTranslation,
  writeRequest: writeCompatibleChatRequest,
}
