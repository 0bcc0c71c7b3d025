import type { Transport } from '../contracts/index.ts'

/** Where a service is and how it is told who asks. */
export interface ServiceSettings {
  readonly name: string
  readonly transport: Transport
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly apiKey?: string
  /** Without a slash at its end, its version included. */
  readonly baseUrl?: string
  /** Of every call, beside those of the protocol. */
  readonly headers?: Readonly<Record<string, string>>
  /** Added to every address. */
  readonly query?: Readonly<Record<string, string>>
  /** Header that carries the key alone. */
  readonly authHeader?: string
}

/** The address of `path` below that of a service. */
export function serviceUrl({ query }: Pick<ServiceSettings, 'query'>, baseUrl: string, path: string): string {
  const url = `${baseUrl.replace(/\/+$/, '')}${path}`
  const added = new URLSearchParams(query).toString()
  return added === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${added}`
}

/** Of every call with JSON. Answers are passed on as they come, so that they must not be compressed. */
export const JSON_HEADERS = { 'content-type': 'application/json', 'accept-encoding': 'identity' }

/** Headers of every call: the key as `standard` has it, or in `authHeader`, and those that were configured. */
export function serviceHeaders(
  { apiKey, authHeader, headers }: ServiceSettings,
  standard: (apiKey: string) => Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const lowerCase = Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  )
  if (apiKey === undefined) return lowerCase
  return {
    ...(authHeader === undefined ? standard(apiKey) : { [authHeader.toLowerCase()]: apiKey }),
    ...lowerCase,
  }
}
