import type { Config } from '../config/index.ts'

/** The configuration with an offline model that says it is one, where it has no model at all. */
export function withDemoModel(config: Config): Config {
  if (Object.keys(config.models).length > 0) return config
  return {
    ...config,
    providers: { ...config.providers, demo: { type: 'demo' } },
    models: { demo: { provider: 'demo' } },
    defaultModel: 'demo',
  }
}
