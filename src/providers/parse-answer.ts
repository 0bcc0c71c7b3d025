import type { JsonObject } from '../contracts/index.ts'
import { ProviderFailure } from '../errors/index.ts'
import { streamFailure } from '../protocols/http-failure.ts'

/** The body of a successful answer. @throws ProviderFailure `malformed`; or by the error that is in its place */
export function parseAnswer(text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw malformed(text, error)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(text)
  const { error } = value as JsonObject
  // Gateways and proxies have sent their status when they learn that there is no answer.
  if (error !== undefined && error !== null) throw streamFailure(error)
  return value as JsonObject
}

function malformed(text: string, cause?: unknown): ProviderFailure {
  const start = text.slice(0, 80).replace(/\s+/g, ' ')
  return new ProviderFailure(
    'malformed',
    `The provider answered with status 200 and something other than a JSON object, beginning ${JSON.stringify(start)}; check its address (baseUrl).`,
    {
      cause,
      logMessage:
        'The provider answered with status 200 and something other than a JSON object; check its address (baseUrl).',
    },
  )
}
