import { withoutBody } from '../http-failure.ts'
import { openaiFailure } from '../openai-error.ts'
import type { ProviderProtocol } from '../provider-protocol.ts'
import { ResponsesReader } from './event-reader.ts'
import { readResponsesAnswer } from './read-answer.ts'
import { writeResponsesRequest } from './write-request.ts'

/** Providers that speak OpenAI Responses, for callers who do not. */
export const openaiResponsesTranslation: ProviderProtocol = {
  writeRequest: writeResponsesRequest,
  readAnswer: readResponsesAnswer,
  eventReader: (createdAt) => new ResponsesReader(createdAt),
  failureOf: (status, headers, bodyText) => withoutBody(openaiFailure(status, headers, bodyText)),
}
