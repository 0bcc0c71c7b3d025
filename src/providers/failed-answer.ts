import type { TransportAnswer } from '../contracts/index.ts'
import { ProviderFailure } from '../errors/index.ts'

/** Longest error that is read. */
const ERROR_LIMIT_BYTES = 256 * 1024

/** What an answer with another status than 200 means. */
export async function failedAnswer(
  answer: TransportAnswer,
  failureOf: (status: number, headers: Readonly<Record<string, string>>, body: string) => ProviderFailure,
): Promise<ProviderFailure> {
  const text = await answer.text(ERROR_LIMIT_BYTES).catch((error: unknown) => {
    // The status says enough where the rest of the error is lost.
    if (error instanceof ProviderFailure) return ''
    throw error
  })
  return failureOf(answer.status, answer.headers, text)
}
