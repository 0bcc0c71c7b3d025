import type { IncomingMessage } from 'node:http'
import { Arrivals } from './arrivals.ts'

/** A request as it came. */
export interface MockRequest {
  /** Such as `POST`. */
  readonly method: string
  /** With the query. */
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Parsed where it is JSON, else its text. */
  readonly body: unknown
  /** Whether the client left before the end of the answer. */
  readonly isAborted: boolean
}

type RecordedRequest = { -readonly [Field in keyof MockRequest]: MockRequest[Field] }

export const requestOf = (
  { method = '', url = '', headers }: IncomingMessage,
  body: unknown,
): RecordedRequest => ({
  method,
  path: url,
  headers,
  body,
  isAborted: false,
})

/** The last requests, and those that somebody waits for. */
export class RequestRecords {
  readonly limit: number
  readonly arrived: Arrivals<MockRequest>
  readonly aborted: Arrivals<MockRequest>
  #requests: MockRequest[] = []

  constructor(limit: number) {
    this.limit = limit
    this.arrived = new Arrivals(limit)
    this.aborted = new Arrivals(limit)
  }

  get requests(): readonly MockRequest[] {
    return this.#requests
  }

  add(request: MockRequest): void {
    this.#requests.push(request)
    if (this.#requests.length > this.limit) this.#requests.shift()
    this.arrived.add(request)
  }

  abort(request: RecordedRequest): void {
    request.isAborted = true
    this.aborted.add(request)
  }

  clear(): void {
    this.#requests = []
    this.arrived.clear()
    this.aborted.clear()
  }
}
