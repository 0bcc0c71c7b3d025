import { type Config, providerType } from '../config/index.ts'
import type { Attributes } from '../contracts/index.ts'
import type { DescribeProvider } from '../runtime/attempt-span.ts'
import { providerAddress } from './provider-address.ts'

/** Names by which the OpenTelemetry conventions know services. */
const SERVICES: Readonly<Record<string, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'gcp.gemini',
}

/** What traces say of each provider that is configured; others go by their names here. */
export function describeProviders({ providers }: Config): DescribeProvider {
  const known = new Map<string, Attributes>()
  for (const [name, settings] of Object.entries(providers)) {
    const url = providerAddress(name, settings)
    known.set(name, {
      'gen_ai.provider.name': SERVICES[providerType(name, settings) ?? ''] ?? name,
      'server.address': url?.hostname,
      'server.port': url && Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    })
  }
  return ({ provider: { name } }) => known.get(name) ?? { 'gen_ai.provider.name': name }
}
