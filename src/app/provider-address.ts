import { type Config, providerType } from '../config/index.ts'

/** Where services are that have one address for all. */
const HOMES: Readonly<Record<string, string>> = {
  openai: 'https://api.openai.com',
  anthropic: 'https://api.anthropic.com',
  google: 'https://generativelanguage.googleapis.com',
}

/** Where a provider is asked; undefined for those that answer from this process. */
export function providerAddress(name: string, settings: Config['providers'][string]): URL | undefined {
  const address = settings.baseUrl ?? settings.url ?? HOMES[providerType(name, settings) ?? '']
  return address === undefined ? undefined : new URL(address)
}
