import { ProviderFailure } from '../errors/index.ts'
import { secretRemover } from '../util/without-secrets.ts'

/** Leaves the secrets of a provider out of a text. */
export type RemoveSecrets = (text: string) => string

/** Shorter values of headers are words rather than keys. */
const SHORTEST_KEY = 8

/** @param headers of every call: the key, and what was configured beside it */
export function removerOf(headers: Readonly<Record<string, string>>, url = ''): RemoveSecrets {
  const values = Object.values(headers).map((value) => value.replace(/^(?:Bearer|Basic)\s+/i, ''))
  const inUrl = [...url.matchAll(/[?&][^=&]*(?:key|token|secret|signature|password)[^=&]*=([^&]+)/gi)]
  values.push(...inUrl.map(([, value = '']) => decodeURIComponent(value.replaceAll('+', ' '))))
  return secretRemover(values.filter((value) => value.length >= SHORTEST_KEY))
}

/** A failure that may be told to callers: providers have repeated the key that they were sent. */
export function toldFailure(error: unknown, remove: RemoveSecrets): unknown {
  if (!(error instanceof ProviderFailure)) return error
  const { outcome, body, details, cause, logMessage, providerStatus, retryAfterMs, isTold } = error
  const message = remove(error.message)
  const toldBody = body === undefined ? undefined : remove(body)
  if (message === error.message && toldBody === body) return error
  return new ProviderFailure(outcome, message, {
    cause,
    details,
    logMessage: remove(logMessage),
    isTold,
    ...(providerStatus === undefined ? {} : { providerStatus }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(toldBody === undefined ? {} : { body: toldBody }),
  })
}

/** The same events; a failure among them may be told to callers. */
export function toldEvents(events: AsyncIterable<string>, remove: RemoveSecrets): AsyncIterable<string> {
  const source = events[Symbol.asyncIterator]()
  const told = (error: unknown): never => {
    throw toldFailure(error, remove)
  }
  const iterator: AsyncIterableIterator<string> = {
    next: () => source.next().then(undefined, told),
    async return() {
      await source.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}
