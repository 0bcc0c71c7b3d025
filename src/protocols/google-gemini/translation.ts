import type { ChatAnswer, JsonObject } from '../../contracts/index.ts'
import { ProviderFailure } from '../../errors/index.ts'
import { answerOfEvents } from '../answer-of-events.ts'
import { httpFailure, withoutBody } from '../http-failure.ts'
import type { ProviderProtocol } from '../provider-protocol.ts'
import { GeminiReader } from './event-reader.ts'
import { writeGeminiRequest } from './write-request.ts'

/**
 * Google Gemini: `models/{model}:generateContent` and `models/{model}:streamGenerateContent?alt=sse`.
 * @see https://ai.google.dev/api/generate-content
 */
export const googleGeminiTranslation: ProviderProtocol = {
  writeRequest: writeGeminiRequest,
  readAnswer: readGeminiAnswer,
  eventReader: (createdAt) => new GeminiReader(createdAt),
  failureOf: (status, headers, bodyText) => withoutBody(httpFailure(status, headers, bodyText, () => ({}))),
}

/** A whole answer has the form of a single piece of a streamed one. */
function readGeminiAnswer(body: JsonObject, createdAt = 0): ChatAnswer {
  const reader = new GeminiReader(createdAt)
  const events = reader.readPiece(body)
  if (events.length === 0) {
    throw new ProviderFailure('malformed', 'Expected `candidates` in the answer of the provider.')
  }
  return answerOfEvents([...events, ...reader.end()])
}
