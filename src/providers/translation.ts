import type { ProviderProtocol } from '../protocols/provider-protocol.ts'

/** How a provider is asked in its own protocol, where that is not the caller's. */
export interface Translation extends ProviderProtocol {
  /** Where the model is asked. */
  url(model: string, stream: boolean): string
  /** Milliseconds since the epoch: when an answer was made, where the protocol does not say. */
  readonly now: () => number
  readonly headers?: Readonly<Record<string, string>>
}
