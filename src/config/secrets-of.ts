import type { Config } from './schema.ts'
import { replaceSecrets } from './secrets.ts'
import { configJsonSchema } from './settings.ts'

/** Every secret of a configuration, for whoever has to keep them out of what is written. */
export function secretsOf(config: Config): readonly string[] {
  const secrets: string[] = []
  replaceSecrets(configJsonSchema, config, (_path, text) => {
    secrets.push(text)
    return text
  })
  const { database, telemetry, providers } = config
  const addresses = [database.primary, telemetry.traces.endpoint]
  for (const { baseUrl, url } of Object.values(providers)) addresses.push(baseUrl, url)
  for (const address of addresses) {
    const { password, searchParams } = parsed(address) ?? {}
    if (password) secrets.push(password, decodeURIComponent(password))
    for (const [name, value] of searchParams ?? [])
      if (/key|token|password|secret/i.test(name)) secrets.push(value)
  }
  return secrets
}

const parsed = (address: string | undefined): URL | undefined =>
  address !== undefined && URL.canParse(address) ? new URL(address) : undefined
