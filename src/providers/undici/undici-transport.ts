/// <reference path="./agent.d.ts" />
import type { Dispatcher } from 'undici'
import type { Transport, TransportAnswer, TransportRequest } from '../../contracts/index.ts'
import { ProviderFailure } from '../../errors/index.ts'
import { publicLookup, refusePrivateHost } from './public-lookup.ts'
import { ResponseBody } from './response-body.ts'

export interface UndiciTransportOptions {
  /** Connections to one address at a time. Default 512. */
  readonly connections?: number
  /** Until there is a connection. Default 5000. */
  readonly connectTimeoutMs?: number
  /** Whether addresses of private networks and this machine are refused, whatever name leads there. */
  readonly publicOnly?: boolean
}

const CONNECTIONS = 512
const CONNECT_TIMEOUT_MS = 5000
/** Longer than a pause between calls, shorter than most servers keep a connection that is idle. */
const KEEP_ALIVE_MS = 15_000

/**
 * Carries requests over HTTP/1.1 with connections that are kept. Loaded when first needed, as it takes some megabytes.
 * Its own timeouts but that for connecting are off: those of the policies apply.
 */
export async function openUndiciTransport(options: UndiciTransportOptions = {}): Promise<Transport> {
  const { connections = CONNECTIONS, connectTimeoutMs = CONNECT_TIMEOUT_MS, publicOnly = false } = options
  const { default: Agent } = await import('undici/lib/dispatcher/agent.js')
  const agent = new Agent({
    connections,
    connect: { timeout: connectTimeoutMs, ...(publicOnly ? { lookup: publicLookup } : {}) },
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A client for every request that is under way at once; waiting behind another one would be worse.
    pipelining: 1,
  })
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        try {
          if (publicOnly) refusePrivateHost(request.url)
          new Sending(agent, request, resolve, reject)
        } catch (error) {
          reject(failureOf(error, false))
        }
      }),
    close: () => agent.close(),
  }
}

/** One request from its dispatch to the end of its answer. */
class Sending implements Dispatcher.DispatchHandler {
  readonly #request: TransportRequest
  readonly #resolve: (answer: TransportAnswer) => void
  readonly #reject: (reason: unknown) => void
  #controller: Dispatcher.DispatchController | undefined
  #body: ResponseBody | undefined

  constructor(
    agent: Dispatcher,
    request: TransportRequest,
    resolve: (answer: TransportAnswer) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#request = request
    this.#resolve = resolve
    this.#reject = reject
    const { signal, url, method, headers, body } = request
    if (signal.aborted) {
      reject(signal.reason)
      return
    }
    signal.addEventListener('abort', this.#abort)
    const split = url.indexOf('/', url.indexOf('//') + 2)
    agent.dispatch(
      {
        origin: split === -1 ? url : url.slice(0, split),
        path: split === -1 ? '/' : url.slice(split),
        method,
        headers: headers as Record<string, string>,
        body: body ?? null,
      },
      this,
    )
  }

  readonly #abort = (): void => {
    const { reason } = this.#request.signal
    this.#settle()
    this.#reject(reason)
    this.#body?.fail(reason)
    this.#controller?.abort(reason instanceof Error ? reason : new Error('aborted', { cause: reason }))
  }

  /** The signal outlives the request, and must not hold on to it. */
  #settle(): void {
    this.#request.signal.removeEventListener('abort', this.#abort)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    const { signal } = this.#request
    if (signal.aborted) controller.abort(new Error('aborted', { cause: signal.reason }))
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // What comes before the answer proper, such as 103.
    if (status < 200) return
    const body = new ResponseBody(controller)
    this.#body = body
    const joined = joinedHeaders(headers)
    this.#resolve({
      status,
      headers: joined,
      body,
      bytes: (limitBytes) => body.bytes(limitBytes),
      text: (limitBytes) => body.text(limitBytes),
    })
    const encoding = joined['content-encoding'] ?? 'identity'
    if (encoding === 'identity') return
    const failure = compressed(encoding)
    body.fail(failure)
    controller.abort(failure)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.push(chunk)
  }

  onResponseEnd(): void {
    this.#settle()
    this.#body?.end()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#settle()
    const { signal } = this.#request
    const failure = signal.aborted ? signal.reason : failureOf(error, this.#body !== undefined)
    this.#reject(failure)
    this.#body?.fail(failure)
  }
}

/** Of a header that came several times, all with commas between. */
function joinedHeaders(
  headers: Record<string, string | string[] | undefined>,
): Readonly<Record<string, string>> {
  const joined = headers as Record<string, string>
  for (const name in headers) {
    const value = headers[name]
    if (typeof value === 'object') joined[name] = value.join(', ')
  }
  return joined
}

function compressed(encoding: string): ProviderFailure {
  return new ProviderFailure(
    'malformed',
    `The provider compressed its answer (content-encoding: ${encoding}), and was asked not to; turn that off there, or in what is on the way.`,
  )
}

function failureOf(error: unknown, hasBegun: boolean): ProviderFailure {
  const { code = '', message } = error as { readonly code?: string; readonly message?: string }
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    return new ProviderFailure(
      'timeout',
      'No connection to the provider in time (timeouts.connectMs); check its address, or raise the timeout.',
      { cause: error },
    )
  }
  if (hasBegun) {
    return new ProviderFailure(
      'truncated',
      'The provider closed the connection in the middle of its answer.',
      {
        cause: error,
      },
    )
  }
  if (code === 'PRIVATE_ADDRESS')
    return new ProviderFailure('unreachable', `The webhook is not called: ${message}.`)
  return new ProviderFailure(
    'unreachable',
    `The provider cannot be reached (${code || message}); check its address and the network.`,
    { cause: error },
  )
}
