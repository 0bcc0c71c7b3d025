/** One HTTP request to a provider. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST'
  /** Absolute. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

/** The head of an answer; its body comes as it is read. */
export interface TransportAnswer {
  readonly status: number
  /** Names in lower case; of a header that came several times, all with commas between. */
  readonly headers: Readonly<Record<string, string>>
  /** The body in pieces. Reading slowly holds the sender up; leaving off ends the connection. */
  readonly body: AsyncIterable<Uint8Array>
  /** The whole body. Rejects with `malformed` where it is longer than `limitBytes`. */
  bytes(limitBytes: number): Promise<Uint8Array>
  /** The same, decoded as UTF-8. */
  text(limitBytes: number): Promise<string>
}

/** Carries requests to providers. Rejects with a `ProviderFailure` (`unreachable`, `timeout`, in the body `truncated`) or the
 * signal's reason. */
export interface Transport {
  send(request: TransportRequest): Promise<TransportAnswer>
  close(): Promise<void>
}
