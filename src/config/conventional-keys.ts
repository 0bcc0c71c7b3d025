import type { Environment } from './environment.ts'
import { providerType } from './gateway-problems.ts'
import type { Config } from './schema.ts'

const KEY_VARIABLES: Readonly<Record<string, string>> = {
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  google: 'GEMINI_API_KEY',
}

/** The variable that a provider's key is taken from where none is configured; undefined for types that have none. */
export const keyVariable = (name: string, settings: Config['providers'][string]): string | undefined =>
  KEY_VARIABLES[providerType(name, settings) ?? '']

/** Gives providers without a key the one that the environment has for their type, where they are asked at home. */
export function addConventionalKeys(
  providers: Record<string, Config['providers'][string]>,
  environment: Environment,
): void {
  for (const [name, provider] of Object.entries(providers)) {
    const key = environment[keyVariable(name, provider) ?? '']
    if (key && provider.apiKey === undefined && provider.baseUrl === undefined) {
      providers[name] = { ...provider, apiKey: key }
    }
  }
}
