import { withoutBody } from '../http-failure.ts'
import type { ProviderProtocol } from '../provider-protocol.ts'
import { MessagesReader } from './event-reader.ts'
import { messagesFailure } from './failure.ts'
import { readMessagesAnswer } from './read-answer.ts'
import { writeMessagesRequest } from './write-request.ts'

/** Providers that speak Anthropic Messages, for callers who do not. */
export const anthropicMessagesTranslation: ProviderProtocol = {
  writeRequest: writeMessagesRequest,
  readAnswer: readMessagesAnswer,
  eventReader: (createdAt) => new MessagesReader(createdAt),
  failureOf: (status, headers, bodyText) => withoutBody(messagesFailure(status, headers, bodyText)),
}
