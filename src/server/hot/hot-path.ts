import type { IncomingMessage, ServerResponse } from 'node:http'
import type { App } from '../../app/index.ts'
import { acceptableRequestId, type Operation } from '../../observability/index.ts'
import type { HotEndpoint } from '../endpoint.ts'
import { hostCheck } from '../host-check.ts'
import type { Overload } from '../overload.ts'
import { HotRequest } from './hot-request.ts'
import { readPlainRequest } from './plain-request.ts'

export interface HotPathOptions {
  readonly app: App
  readonly endpoints: readonly HotEndpoint[]
  readonly overload: Overload
  readonly nextId: () => string
  /** Called when a request has been answered. */
  readonly onAnswered: () => void
}

/** What all requests of one endpoint have in common. */
export interface HotTarget {
  readonly app: App
  readonly operation: Operation
  readonly parse: (body: unknown, app: App) => never
  readonly decide: (app: App, body: never) => string | Promise<string>
  /** Headers of every answer as Node takes them: names and values in turn. */
  readonly headers: readonly string[]
  readonly overload: Overload
  readonly onAnswered: () => void
}

/** Serves a request and returns true, or leaves it alone and returns false. */
export type HotPath = (request: IncomingMessage, response: ServerResponse) => boolean

/**
 * Serves the calls that are made most without the framework, where a request is as plain as nearly all are: what takes
 * longest is then to decide. The answers are the framework's to the byte, which a test compares.
 */
export function createHotPath({ app, endpoints, overload, nextId, onAnswered }: HotPathOptions): HotPath {
  const { bodyLimitBytes, cors } = app.config.server
  const isOwnHost = hostCheck(app.config.server)
  const headers = [
    ...(cors.length > 0 && !cors.includes('*') ? ['vary', 'origin'] : []),
    'content-type',
    'application/json; charset=utf-8',
  ]
  const targets = new Map(
    endpoints.map((endpoint): [string, HotTarget] => {
      const { path, parse, decide } = endpoint
      const operation = app.metrics.operation(endpoint.operation)
      return [path, { app, operation, parse, decide, headers, overload, onAnswered }]
    }),
  )
  return (request, response) => {
    if (request.method !== 'POST') return false
    const target = targets.get(request.url as string)
    if (target === undefined) return false
    const plain = readPlainRequest(request, bodyLimitBytes)
    if (plain === null || !isOwnHost(plain.host)) return false
    new HotRequest(target, request, response, acceptableRequestId(plain.requestId) ?? nextId()).start()
    return true
  }
}
