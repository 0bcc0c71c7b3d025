import { type Config, providerType } from '../config/index.ts'
import type { Attributes } from '../contracts/index.ts'
import type { DescribeProvider } from '../runtime/attempt-span.ts'

/** Names by which the OpenTelemetry conventions know services, and where those are found. */
const SERVICES: Readonly<Record<string, { readonly name: string; readonly address: string }>> = {
  openai: { name: 'openai', address: 'https://api.openai.com' },
  anthropic: { name: 'anthropic', address: 'https://api.anthropic.com' },
  google: { name: 'gcp.gemini', address: 'https://generativelanguage.googleapis.com' },
}

/** What traces say of each provider that is configured; others go by their names here. */
export function describeProviders({ providers }: Config): DescribeProvider {
  const known = new Map<string, Attributes>()
  for (const [name, settings] of Object.entries(providers)) {
    const service = SERVICES[providerType(name, settings) ?? '']
    const address = settings.baseUrl ?? settings.url ?? service?.address
    const url = address === undefined ? undefined : new URL(address)
    known.set(name, {
      'gen_ai.provider.name': service?.name ?? name,
      'server.address': url?.hostname,
      'server.port': url && Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    })
  }
  return ({ provider: { name } }) => known.get(name) ?? { 'gen_ai.provider.name': name }
}
