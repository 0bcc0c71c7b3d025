import { ProviderFailure } from '../errors/index.ts'

/** The failure of a stream that ended before its protocol's own end. */
export function truncated(): ProviderFailure {
  return new ProviderFailure(
    'truncated',
    "Expected the provider to end its stream with its protocol's own end; the stream broke off before.",
  )
}
