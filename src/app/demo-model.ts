import type { Config } from '../config/index.ts'

/** The configuration with offline models that say they are such, where it has no model at all. */
export function withDemoModel(config: Config): Config {
  if (Object.keys(config.models).length > 0) return config
  return {
    ...config,
    providers: { ...config.providers, demo: { type: 'demo' } },
    // The models that the routes of the demo set name, and one for what no route takes.
    models: { demo: { provider: 'demo' }, fast: { provider: 'demo' }, careful: { provider: 'demo' } },
    defaultModel: 'demo',
  }
}
